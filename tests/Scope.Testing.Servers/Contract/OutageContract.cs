using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>A server that is killed, hangs, or comes back.</summary>
public abstract class OutageContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    private static readonly LeaseOptions ReleasesSoon = new() { ReleaseTimeout = TimeSpan.FromMilliseconds(300) };

    /// <summary>What an option of 300 ms that nobody heeds would come to: far more than a busy machine makes of that.</summary>
    private static readonly TimeSpan ByDefault = new LeaseOptions().StoreTimeout;

    [Test]
    public async Task With_the_server_away_releasing_takes_no_longer_than_it_may([Values] bool hangs)
    {
        // Nothing else would end the wait for it.
        var provider = await OpenAsync(ReleasesSoon with { StoreTimeout = Ample });
        var guard = await NewLock(provider).AcquireAsync().Soon();
        await (hangs ? Server.PauseAsync() : Server.KillAsync());
        var started = Stopwatch.GetTimestamp();
        await guard.DisposeAsync().Soon();
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(ByDefault));
        Assert.That(guard.IsHeld, Is.False);
        await (hangs ? Server.ResumeAsync() : Server.StartAsync());
    }

    [Test]
    public async Task With_the_server_down_releasing_ends_and_the_lease_ends_by_itself()
    {
        var provider = await OpenAsync(ReleasesSoon);
        var guard = await NewLock(provider, Brief).AcquireAsync().Soon();
        await Server.KillAsync();
        await guard.DisposeAsync().Soon();
        Assert.That(guard.IsHeld, Is.False);
        await Server.StartAsync();
        await (await AcquireAgainAsync(await OpenAsync())).DisposeAsync();
    }

    [Test]
    public async Task A_server_that_hangs_keeps_nobody_from_hearing_that_the_lease_is_lost()
    {
        var provider = await OpenAsync(ReleasesSoon);
        var guard = await NewLock(provider, Brief).AcquireAsync().Soon();
        await Server.PauseAsync();
        var lost = new TaskCompletionSource();
        guard.LostToken.UnsafeRegister(_ => lost.TrySetResult(), null);
        await lost.Task.Soon();
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(guard.ThrowIfLost, Throws.TypeOf<LeaseLostException>());
        await guard.DisposeAsync().Soon();
        await Server.ResumeAsync();
        await (await AcquireAgainAsync(await OpenAsync())).DisposeAsync();
    }

    [Test]
    public async Task An_acquire_from_a_server_that_is_down_or_hangs_says_so([Values] bool hangs)
    {
        var provider = await OpenAsync(ReleasesSoon with { StoreTimeout = TimeSpan.FromMilliseconds(300) });
        await (await AcquireAgainAsync(provider)).DisposeAsync();
        await (hangs ? Server.PauseAsync() : Server.KillAsync());
        var started = Stopwatch.GetTimestamp();
        var error = (await Assert.ThrowsAsync<LockProviderException>(() => NewLock(provider).AcquireAsync().Soon()))!;
        Assert.That(Stopwatch.GetElapsedTime(started), Is.LessThan(ByDefault));
        Assert.That(error.Message, Does.Contain(Key).And.Contain(provider.Name));
        Assert.That(error.InnerException, Is.InstanceOf<TimeoutException>().Or.InstanceOf(Harness.DriverError));
        // A driver that has the time to say so says that nobody is there, which a busy machine may leave it the next time.
        if (!hangs && Harness.TellsThatNobodyIsThere)
            await Waiting.Until(async () => (error = await Assert.CatchAsync<LockProviderException>(() => NewLock(provider).AcquireAsync().Soon()))!.InnerException?.GetType().IsAssignableTo(Harness.DriverError) == true, () => $"the driver's error is told, instead of {error.InnerException}");
        await (hangs ? Server.ResumeAsync() : Server.StartAsync());
        await (await AcquireAgainAsync(provider)).DisposeAsync();
    }

    [Test]
    public async Task Tokens_rise_over_whatever_happens_to_record_and_server()
    {
        var provider = await OpenAsync(EndsSoon);
        var workers = await StartWorkersAsync(2);
        var tokens = new List<long>();

        async Task TakeHereAsync()
        {
            await using var guard = await AcquireAgainAsync(provider);
            tokens.Add(guard.FencingToken);
        }

        await TakeHereAsync();
        // released by one process, taken by another
        tokens.Add(await workers[0].AcquireAsync("it", Key).Soon());
        await workers[0].ReleaseAsync("it");
        // handed over
        tokens.Add(await workers[0].AcquireAsync("it", Key).Soon());
        var next = await QueueAsync(workers[1].AcquireAsync("it", Key), place: 1);
        await workers[0].ReleaseAsync("it");
        tokens.Add(await next.Soon());
        await workers[1].ReleaseAsync("it");
        // after the record was deleted, with and without a holder
        await Harness.DeleteRecordAsync(Connection, Key);
        await TakeHereAsync();
        tokens.Add(await workers[0].AcquireAsync("deleted", Key).Soon());
        await Harness.DeleteRecordAsync(Connection, Key);
        await TakeHereAsync();
        // after a lease has ended
        tokens.Add(await workers[1].AcquireAsync("ended", Key, new WorkerRequest { TimeToLive = Brief, AutoRenew = false }).Soon());
        await TakeHereAsync();
        // after the server was killed, with the key free
        await Server.KillAsync();
        await Server.StartAsync();
        await TakeHereAsync();
        Assert.That(tokens, Is.Ordered.And.Unique);
    }

    [Test]
    public async Task A_lock_survives_its_server()
    {
        var (provider, other) = (await OpenAsync(EndsSoon), await OpenAsync(EndsSoon));
        await using var guard = await NewLock(provider).AcquireAsync().Soon();
        await Server.KillAsync();
        await Server.StartAsync();
        await Waiting.Until(
            async () =>
            {
                try
                {
                    return await NewLock(other).TryAcquireAsync() is null;
                }
                catch (LockProviderException)
                {
                    return false;
                }
            },
            "the other one is refused");
        Assert.That(guard.IsHeld);
    }
}
