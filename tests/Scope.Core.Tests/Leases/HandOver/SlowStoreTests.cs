using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Whoever asks for a key of which the store has been asked something before, and has not said anything.</summary>
public sealed class SlowStoreTests : HandOverFixture
{
    private readonly CountedCalls _calls = new();
    private FaultyLockStore _way = null!;
    private LeasedLockProvider _process = null!;

    // No heartbeat comes in between.
    protected override LeaseOptions Options => base.Options with { Liveness = TimeSpan.FromHours(1) };

    [SetUp]
    public async Task Open() => _process = await OpenAsync(_way = new FaultyLockStore(Store, _calls, Time));

    [TearDown]
    public void Answer()
    {
        (_way.Outage, _way.Faults) = (StoreOutage.None, null);
        // What got no answer is waited for no longer.
        Time.Advance(Options.StoreTimeout);
    }

    [Test]
    public async Task Whoever_may_not_wait_is_told_after_the_time_of_the_store_and_not_after_twice_that()
    {
        var error = await FailedAsync(() => LockOf(_process).TryAcquireAsync().AsTask());
        Assert.That(error.InnerException, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public async Task Whoever_waits_is_told_so_as_well() => await FailedAsync(() => Take(_process));

    [Test]
    public async Task Whoever_may_not_wait_is_told_so_although_the_store_has_just_answered_an_earlier_question()
    {
        await using var theirs = await Take(There);
        _way.Faults = new SlowAnswers(TimeSpan.FromSeconds(4.9));
        var first = LockOf(_process).TryAcquireAsync().AsTask();
        Time.Advance(TimeSpan.FromSeconds(0.1));
        var second = LockOf(_process).TryAcquireAsync().AsTask();
        var silence = new Silence();
        _way.Faults = silence;
        Time.Advance(TimeSpan.FromSeconds(4.8));
        await Waiting.Until(() => silence.Begins, "it was answered too early for the second one");
        Time.Advance(TimeSpan.FromSeconds(0.2));
        foreach (var one in new[] { first, second })
        {
            var error = await Assert.ThrowsAsync<LockProviderException>(() => one.Soon());
            Assert.That(error!.Message, Does.Contain("it has not answered within 5 s"));
        }
        _way.Faults = null;
    }

    /// <summary>What it fails with that comes 0.1 s after the first request, and 5.1 s before it has to be known.</summary>
    private async Task<LockProviderException> FailedAsync(Func<Task> ask)
    {
        _way.Outage = StoreOutage.Hangs;
        var first = LockOf(_process).TryAcquireAsync().AsTask();
        Time.Advance(TimeSpan.FromSeconds(0.1));
        var asked = ask();
        var calls = _calls.Count;
        Time.Advance(TimeSpan.FromSeconds(4.9));
        await Assert.ThatAsync(() => first.Soon(), Throws.TypeOf<LockProviderException>());
        await QuietAsync();
        Time.Advance(TimeSpan.FromSeconds(0.05));
        await Waiting.Until(() => _calls.Count > calls, "it is tried again");
        Assert.That(asked.IsCompleted, Is.False, "it has waited for 4.95 s");
        Time.Advance(TimeSpan.FromSeconds(0.15));
        var error = await Assert.ThrowsAsync<LockProviderException>(() => asked.Soon());
        return error!;
    }

    private sealed class Silence : IStoreFaults
    {
        internal volatile bool Begins;

        public CallFault OnCall(in StoreCall request)
        {
            Begins = true;
            return new() { LosesRequest = true };
        }

        public NewsFault OnNews(string key) => default;
    }
}
