namespace GoGoScope.Testing;

/// <summary>What leases cost that are held and nothing else: ten thousand of them, few connections, few timers, and a store that is asked for many at once.</summary>
public abstract class ManyLeasesContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    private const int Leases = 10_000;
    private const int AtATime = 8;
    private const int FewConnections = AtATime + 4;
    private const int FewTimers = 8;

    // They are renewed when a sixth of it is over: a machine that stands still for long, or has as much to do for others, loses none.
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(48);
    private const int Renewals = 6;

    private LeasedLockProvider? _looking;

    [Test]
    public async Task Ten_thousand_leases_that_are_held_are_renewed_together_over_few_connections_and_by_few_timers()
    {
        // Nothing is asked again because a busy machine took long to answer.
        var options = EndsSoon with { StoreTimeout = Ample, RenewalsPerLease = Renewals };
        var proxy = OpenProxy();
        var calls = new CountedCalls();
        var time = new CountedTimers();
        var store = new FaultyLockStore(await OpenStoreAsync(Harness.AtPort(Connection, proxy.Port)), calls);
        var provider = Keep(new LeasedLockProvider(store, options with { TimeProvider = time }));
        _looking = await OpenAsync(options);
        var guards = new LockGuard[Leases];
        await EachAsync(async i => guards[i] = await NewLock(provider, Lifetime, key: $"{Key}:{i}").AcquireAsync());

        var (seen, before) = (await EndsAsync(), calls.Count);
        Assert.That(seen, Has.Count.EqualTo(Leases));
        await Probe.UntilAsync($"{Key}:{Leases - 1}", record => record.Holders.Single().ExpiresAt > seen[$"{Key}:{Leases - 1}"], "the last one is renewed");
        var renewed = 0;
        await Waiting.Until(
            async () => (renewed = (await EndsAsync()).Count(lease => lease.Value > seen[lease.Key])) == Leases,
            () => $"all are renewed: {renewed} are, {guards.Count(guard => guard.IsHeld)} are held, and renewals are {provider.RenewalDelay} late");
        Assert.That(calls.Count - before, Is.InRange(1, Leases / 10), "calls of the store");
        Assert.That(proxy.Connections, Is.AtMost(FewConnections), "connections");
        Assert.That(time.Most, Is.AtMost(FewTimers), "timers at the same time");
        Assert.That(guards.Count(guard => guard.IsHeld), Is.EqualTo(Leases));

        await EachAsync(async i => await guards[i].DisposeAsync());
    }

    private static Task EachAsync(Func<int, Task> actAsync) => Parallel.ForEachAsync(
        Enumerable.Range(0, Leases), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (i, _) => await actAsync(i));

    /// <summary>When the leases end that are held, by the store's clock, in microseconds, by their keys.</summary>
    private async Task<Dictionary<string, long>> EndsAsync()
    {
        var ends = new Dictionary<string, long>();
        await foreach (var seen in _looking!.InspectAllAsync($"{Key}:"))
        {
            if (seen.Holders.SingleOrDefault()?.ExpiresAt is { } end && end > seen.At) ends[seen.Key] = (end - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        }
        return ends;
    }

    private sealed class CountedCalls : IStoreFaults
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        public CallFault OnCall(in StoreCall request)
        {
            Interlocked.Increment(ref _count);
            return default;
        }

        public NewsFault OnNews(string key) => default;
    }

    private sealed class CountedTimers : TimeProvider
    {
        private int _now;
        private int _most;

        internal int Most => Volatile.Read(ref _most);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var now = Interlocked.Increment(ref _now);
            for (var most = Most; now > most; most = Most) Interlocked.CompareExchange(ref _most, now, most);
            return new CountedTimer(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class CountedTimer(CountedTimers timers, ITimer timer) : ITimer
        {
            private int _disposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _disposed, 1) == 0) Interlocked.Decrement(ref timers._now);
                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
