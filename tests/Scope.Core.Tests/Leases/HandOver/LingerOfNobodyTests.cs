using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A key that was granted when nobody wanted it any more, on a machine that has just started.</summary>
public sealed class LingerOfNobodyTests
{
    [Test]
    public async Task It_does_not_linger()
    {
        var time = new ManualTimeProvider();
        var clock = new SinceTheStart(time);
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        await using var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = clock, Linger = TimeSpan.FromMinutes(1) });
        await provider.GetReadyToWaitAsync();

        using var cancel = new CancellationTokenSource();
        store.Faults = new SlowAnswers(TimeSpan.FromSeconds(1));
        var taking = new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = "key" }).AcquireAsync(cancel.Token).AsTask();
        await Waiting.Until(() => store.UnderWay > 0, "the request is under way");
        await cancel.CancelAsync();
        store.Faults = null;
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2; i++)
        {
            await Waiting.Until(() => provider.IsQuiet, "it is quiet");
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await Waiting.Until(() => provider.IsQuiet, "it is quiet");
        Assert.That(async () => await taking, Throws.InstanceOf<OperationCanceledException>());
        var stored = await store.ReadAsync("lock:key", CancellationToken.None);
        Assert.That(stored.IsFree, stored.Body);
    }

    /// <summary>Timestamps begin with the machine, as they do.</summary>
    private sealed class SinceTheStart(ManualTimeProvider time) : TimeProvider
    {
        private readonly long _start = time.GetTimestamp();

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp() - _start;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
