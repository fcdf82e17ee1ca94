using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Leases that are shorter than the way to the store.</summary>
public sealed class ShortLeaseTests
{
    [Test]
    public async Task A_try_for_a_lease_that_is_over_when_the_answer_comes_ends_all_the_same()
    {
        var time = new ManualTimeProvider();
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        await using var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        await provider.GetReadyToWaitAsync();
        store.Faults = new Slow();
        var swaps = 0;
        var trying = new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = "key", TimeToLive = TimeSpan.FromMilliseconds(10) }).TryAcquireAsync().AsTask();
        for (; swaps < 1_000 && !trying.IsCompleted; swaps++)
        {
            await Waiting.Until(() => store.UnderWay > 0 || trying.IsCompleted, "it asks");
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
        Assert.That(trying.IsCompleted, $"after {swaps} round trips it still tries once");
        store.Faults = null;
    }

    private sealed class Slow : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => new() { ReplyDelay = TimeSpan.FromMilliseconds(20) };

        public NewsFault OnNews(string key) => default;
    }
}
