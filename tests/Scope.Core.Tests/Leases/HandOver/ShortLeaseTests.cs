using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Leases that are shorter than the way to the store.</summary>
public sealed class ShortLeaseTests
{
    [Test]
    public async Task Who_asks_for_one_is_told_that_it_cannot_be_had([Values] bool waits)
    {
        var time = new ManualTimeProvider();
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        await provider.GetReadyToWaitAsync();
        store.Faults = new SlowAnswers(TimeSpan.FromMilliseconds(20));
        var shortLock = new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = "key", TimeToLive = TimeSpan.FromMilliseconds(10) });
        Task asking = waits ? shortLock.AcquireAsync().AsTask() : shortLock.TryAcquireAsync().AsTask();
        await PassUntilAsync(() => asking.IsCompleted);
        var error = await Assert.ThrowsAsync<LockProviderException>(() => asking.Soon());
        Assert.That(error!.Message, Does.Contain("00:00:00.01").And.Contain("was over before"));

        store.Faults = null;
        var disposed = provider.DisposeAsync().AsTask();
        await PassUntilAsync(() => disposed.IsCompleted);
        await disposed.Soon();

        // It asks, or pauses: then only the clock lets it go on.
        Task PassUntilAsync(Func<bool> isOver) => Waiting.Until(
            () =>
            {
                if (isOver()) return true;
                if (store.UnderWay > 0 || provider.IsQuiet) time.Advance(TimeSpan.FromMilliseconds(20));
                return false;
            },
            "it is over");
    }
}
