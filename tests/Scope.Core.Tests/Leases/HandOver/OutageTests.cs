using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A store that is away while many keys are asked for, each of them once: what became of the requests is asked when it is back, and not all the time.</summary>
public sealed class OutageTests : HandOverFixture
{
    private const int Keys = 1_000;

    private readonly CountedCalls _calls = new();
    private FaultyLockStore _way = null!;
    private LeasedLockProvider _process = null!;

    [SetUp]
    public async Task AskInVain()
    {
        _way = new FaultyLockStore(Store, _calls, Time);
        _process = await OpenAsync(_way);
        _way.Outage = StoreOutage.Refuses;
        var tries = Enumerable.Range(0, Keys).Select(i => LockOf(i).TryAcquireAsync().AsTask()).ToList();
        await PassAsync(Options.StoreTimeout + TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500));
        foreach (var one in tries) await Assert.ThatAsync(() => one.Soon(), Throws.TypeOf<LockProviderException>());
    }

    [TearDown]
    public void Return() => _way.Outage = StoreOutage.None;

    [Test]
    public async Task Keys_of_which_nobody_here_wants_anything_cost_next_to_nothing_and_are_settled_when_it_is_back()
    {
        await PassAsync(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(1));
        var calls = _calls.Count;
        await PassAsync(TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100));
        Assert.That(_calls.Count - calls, Is.InRange(10, Keys / 5), "calls in 10 s");
        Assert.That(_process.KnownKeys, Is.EqualTo(Keys));

        _way.Outage = StoreOutage.None;
        await PassAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(100));
        await Waiting.Until(() => _process.KnownKeys == 0, "nobody doubts any more");
    }

    [Test]
    public async Task Whoever_comes_for_such_a_key_need_not_wait_until_all_others_are_settled()
    {
        _way.Outage = StoreOutage.None;
        // While the clock stands it is asked about none of the others; a few of the keys may be those that pause after having asked.
        var asked = Enumerable.Range(0, 20).Select(i => LockOf(i * Keys / 20).AcquireAsync().AsTask()).ToList();
        await Waiting.Until(() => asked.Count(static one => one.IsCompletedSuccessfully) >= 12, "they are served");
        Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var one in asked) await (await one.Soon()).DisposeAsync();
    }

    [Test]
    public async Task The_end_of_the_provider_ends_them_all()
    {
        var disposed = _process.DisposeAsync().AsTask();
        await PassAsync(Options.ReleaseTimeout + TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500));
        await disposed.Soon();
        await Waiting.Until(() => _process.KnownKeys == 0, "all have retired");
        var calls = _calls.Count;
        await PassAsync(TimeSpan.FromMinutes(1));
        Assert.That(_calls.Count, Is.EqualTo(calls));
    }

    private Lock LockOf(int key) => new(CancellationToken.None, new LockOptions { Provider = _process, Key = $"key {key}" });

    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step) await PassAsync(step);
    }
}
