namespace GoGoScope.Tool.Tests;

/// <summary>Until when a program may rely on its lease.</summary>
[TestFixture]
public sealed class RenewalTests
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(70);

    [TestCase(30_000, 29_470, Description = "a thousandth for clocks that go differently, and half a second to be gone")]
    [TestCase(1_000, 899, Description = "a thousandth, and a tenth")]
    public async Task It_is_counted_from_when_the_renewal_was_sent_and_ends_a_moment_before_the_store_lets_somebody_else_in(int lease, int reliable)
    {
        var (time, length) = (new ManualTimeProvider(), TimeSpan.FromMilliseconds(lease));
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        await using var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
        var options = new LockOptions { Provider = provider, Key = "k", TimeToLive = length, AutoRenew = false, TimeProvider = time };
        await using var guard = await new Lock(CancellationToken.None, options).AcquireAsync();
        var sent = time.GetTimestamp();

        store.Faults = new LateAnswers();
        var renewing = new Renewal(guard, length, grace: TimeSpan.Zero, time).OnceAsync();
        await Waiting.Until(() => store.UnderWay == 1, "it is sent");
        time.Advance(Late);
        var until = await renewing.Soon();
        store.Faults = null;

        Assert.That(time.GetElapsedTime(sent, until), Is.EqualTo(TimeSpan.FromMilliseconds(reliable)));
    }

    private sealed class LateAnswers : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => new() { ReplyDelay = Late };

        public NewsFault OnNews(string key) => default;
    }
}
