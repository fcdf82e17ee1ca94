using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>With AllowOvertaking a running caller may go ahead of a waiter that is being woken: some times, not for ever.</summary>
public sealed class OvertakingTests
{
    private readonly InMemoryLockProvider _provider = new();
    private int _locks;

    private Lock NewLock(bool keyed) => new(CancellationToken.None, new LockOptions
    {
        AllowOvertaking = true,
        Key = keyed ? $"overtaken-{Interlocked.Increment(ref _locks)}" : null,
        Provider = keyed ? _provider : null,
    });

    [Test]
    public async Task A_waiter_is_overtaken_at_most_so_often([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var most = 0;
        // Whether the waiter has reached its thread in time is up to the thread pool; the bound holds in either case.
        for (var round = 0; round < 500; round++)
        {
            var holder = await @lock.AcquireAsync();
            var waiting = @lock.AcquireAsync().AsTask();
            await holder.DisposeAsync();
            var overtook = 0;
            while (!waiting.IsCompleted && @lock.TryAcquireAsync().Now() is { } guard)
            {
                overtook++;
                guard.DisposeAsync().Now();
            }
            most = Math.Max(most, overtook);
            await (await waiting.Soon()).DisposeAsync();
        }
        TestContext.Out.WriteLine($"overtaken {most} times");
        Assert.That(most, Is.LessThanOrEqualTo(Lock.MaxOvertaken));
    }

    [Test]
    public async Task Exclusion_holds([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var counter = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                await using var guard = await @lock.AcquireAsync(new AcquireOptions { Priority = i % 3 });
                var seen = counter;
                if (round % 5 == 0) await Task.Yield();
                counter = seen + 1;
            }
        }))).Soon();
        Assert.That(counter, Is.EqualTo(32_000));
    }

    [Test]
    public async Task A_waiter_that_is_cancelled_while_it_is_woken_passes_its_turn_on([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        for (var round = 0; round < 2_000; round++)
        {
            using var cancel = new CancellationTokenSource();
            var holder = await @lock.AcquireAsync();
            var leaving = @lock.AcquireAsync(cancel.Token).AsTask();
            var staying = @lock.AcquireAsync().AsTask();
            var cancelling = Task.Run(cancel.Cancel);
            await holder.DisposeAsync();
            try
            {
                await (await leaving.Soon()).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
            }
            await (await staying.Soon()).DisposeAsync();
            await cancelling;
        }
    }

    [Test]
    public async Task Readers_and_writers_exclude_each_other([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var (left, right, torn) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 1_000; round++)
            {
                if ((i + round) % 4 == 0)
                {
                    await using var writing = await @lock.AcquireWriteAsync();
                    left++;
                    if (round % 3 == 0) await Task.Yield();
                    right++;
                }
                else
                {
                    await using var reading = await @lock.AcquireReadAsync();
                    var seen = left;
                    if (round % 7 == 0) await Task.Yield();
                    if (seen != right) Interlocked.Increment(ref torn);
                }
            }
        }))).Soon();
        Assert.That(torn, Is.Zero);
        Assert.That(left, Is.EqualTo(right).And.EqualTo(4_000));
    }

    [Test]
    public async Task Readers_wake_together_while_an_overtaken_waiter_is_on_its_way([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var urgent = new AcquireOptions { Priority = 1 };
        var met = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var holder = await @lock.AcquireAsync();
            var woken = @lock.AcquireAsync().AsTask();
            holder.DisposeAsync().Now();
            // The waiter is on its way to its thread; mostly we are faster.
            if (@lock.TryAcquireAsync().Now() is { } overtaker)
            {
                met++;
                var first = @lock.AcquireReadAsync(urgent).AsTask();
                var second = @lock.AcquireReadAsync(urgent).AsTask();
                overtaker.DisposeAsync().Now();
                // Two newcomers of that rank would go in as well; so must those who came before.
                Assert.That(@lock.TryAcquireAsync(urgent with { Timeout = TimeSpan.Zero }).Now(), Is.Null);
                var holders = Holders(@lock);
                Assert.That(holders, Is.EqualTo(2), $"round {round}: readers that hold");
                await (await first.Soon()).DisposeAsync();
                await (await second.Soon()).DisposeAsync();
            }
            await (await woken.Soon()).DisposeAsync();
        }
        Assert.That(met, Is.Positive, "rounds in which the waiter was overtaken");
    }

    [Test]
    public async Task A_caller_of_lower_priority_does_not_overtake_a_better_waiter_behind_the_one_that_is_woken([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var met = 0;
        for (var round = 0; round < 2_000; round++)
        {
            var holder = await @lock.AcquireAsync();
            var woken = @lock.AcquireAsync().AsTask();
            holder.DisposeAsync().Now();
            if (@lock.TryAcquireReadAsync().Now() is { } overtaker)
            {
                met++;
                var urgent = @lock.AcquireAsync(new AcquireOptions { Priority = 5 }).AsTask();
                Assert.That(@lock.TryAcquireReadAsync().Now(), Is.Null, $"round {round}: a reader of lower priority");
                overtaker.DisposeAsync().Now();
                await (await urgent.Soon()).DisposeAsync();
            }
            await (await woken.Soon()).DisposeAsync();
        }
        Assert.That(met, Is.Positive, "rounds in which the waiter was overtaken");
    }

    private int Holders(Lock @lock) => @lock.Key is null
        ? @lock.OwnSnapshot()!.Holders.Count
        : _provider.Snapshot().Single(entry => entry.Key == @lock.Key).Holders.Count;
}
