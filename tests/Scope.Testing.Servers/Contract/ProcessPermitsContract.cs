namespace GoGoScope.Testing;

/// <summary>Processes share the permits of a key, and one that is killed gives back what it had, when its leases end.</summary>
public abstract class ProcessPermitsContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    private const long SoonAfter = 5_000_000;

    [Test]
    public async Task Four_processes_never_hold_more_permits_than_there_are()
    {
        const int Permits = 3, Times = 10;
        var workers = await StartWorkersAsync(4);
        var folder = Directory.CreateDirectory(NewFile());
        var held = TimeSpan.FromMilliseconds(0.5);
        // Whoever has permits takes as many files that must not be there: a fourth one is one too many. Where who waits has to look for itself, and is
        // slow at that, the others are gone when it comes, unless they stay for a while.
        async Task<long> UseAsync()
        {
            held *= 2;
            return (await Task.WhenAll(workers.Select((worker, number) => worker.UsePermitsAsync(Key, Permits, weight: 1 + number % 2, folder.FullName, Times, held))).Soon()).Sum();
        }
        await Waiting.Until(async () => await UseAsync() > 0, "all permits are held now and then, and are just enough");
        Assert.That((await Probe.LookAsync(Key)).Holders, Is.Empty);
    }

    [Test]
    public async Task The_permits_of_a_killed_process_come_back_when_its_lease_has_ended_and_no_others()
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = await OpenAsync() });
        var semaphore = scope.CreateSemaphore(Key, 5, new SemaphoreOptions { TimeToLive = Ample });
        await using var own = await semaphore.AcquireAsync().Soon();
        await (await StartWorkerAsync()).AcquirePermitsAsync("its", Key, 5, weight: 1, Ample).Soon();
        var (_, dead) = await HoldAsync(worker => worker.AcquirePermitsAsync("its", Key, 5, weight: 3, Brief * 3), worker => worker.KillAsync());
        if (await semaphore.TryAcquireAsync().Soon() is { } early)
        {
            Assert.That(await Probe.NowAsync(), Is.GreaterThanOrEqualTo(dead.ExpiresAt));
            await early.DisposeAsync();
        }
        await using (await semaphore.AcquireAsync(2).Soon())
        {
            Assert.That(await Probe.NowAsync(), Is.InRange(dead.ExpiresAt, dead.ExpiresAt + SoonAfter));
            await using var rest = await semaphore.TryAcquireAsync().Soon();
            Assert.That(rest, Is.Not.Null);
            Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null, "the other process still has its own");
        }
        Assert.That((await Probe.LookAsync(Key)).Holders.Select(holder => holder.Id), Has.No.Member(dead.Id).And.Exactly(2).Items);
    }

    [Test]
    public async Task Who_waits_in_a_process_that_is_killed_is_in_nobodys_way_for_long()
    {
        // Long enough for a busy machine to let it be heard of in between.
        var liveness = Brief * 5;
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = await OpenAsync(new LeaseOptions { Liveness = liveness, SafetyPoll = Brief / 2 }) });
        var semaphore = scope.CreateSemaphore(Key, 2, new SemaphoreOptions { TimeToLive = Ample });
        await using var held = await semaphore.AcquireAsync().Soon();
        var worker = await StartWorkerAsync(settings => settings with { Liveness = liveness });
        var heavy = worker.AcquirePermitsAsync("its", Key, 2, weight: 2, Ample);
        await Probe.UntilWaitersAsync(Key, 1);
        Assert.That(await semaphore.TryAcquireAsync().Soon(), Is.Null, "nobody goes past the heavy one");
        await worker.KillAsync();
        await using var light = await semaphore.AcquireAsync().Soon();
        Assert.That((await Probe.LookAsync(Key)).Waiters, Is.Empty);
        Assert.That(heavy.IsCompletedSuccessfully, Is.False);
    }
}
