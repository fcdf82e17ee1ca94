using GoGoScope.Testing;

namespace GoGoScope.Tests.Testing;

/// <summary>A store that fails as its plan says.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FaultyLockStoreTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockStore _server;
    private readonly Plan _plan = new();
    private readonly FaultyLockStore _store;

    public FaultyLockStoreTests()
    {
        _server = new InMemoryLockStore(_time);
        _store = new FaultyLockStore(_server, _plan, _time);
    }

    [Test]
    public async Task Without_faults_a_call_is_answered_at_once()
    {
        var answer = _store.SwapAsync(Swap(), default);
        Assert.That(answer.IsCompletedSuccessfully);
        Assert.That((await answer).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task A_request_that_is_late_meets_the_bound_of_its_swap()
    {
        var now = (await _store.ReadAsync("k", default)).Now;
        _plan.Next = new CallFault { RequestDelay = 2 * Second };
        var answer = _store.SwapAsync(Swap() with { NotAfter = now + 1_000_000 }, default).AsTask();
        _time.Advance(1.9 * Second);
        Assert.That(answer.IsCompleted, Is.False);
        _time.Advance(0.1 * Second);
        Assert.That((await answer).IsFree);
    }

    [Test]
    public async Task An_answer_that_is_late_or_lost_says_nothing_of_what_was_done()
    {
        _plan.Next = new CallFault { ReplyDelay = Second };
        var late = _store.SwapAsync(Swap(), default).AsTask();
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(1));
        Assert.That((late.IsCompleted, _store.UnderWay), Is.EqualTo((false, 1)));
        _time.Advance(Second);
        Assert.That((await late).Version, Is.EqualTo(1));

        _plan.Next = new CallFault { LosesReply = true };
        var lost = _store.SwapAsync(Swap() with { Expected = 1, Version = 2 }, default).AsTask();
        _time.Advance(1_000 * Second);
        Assert.That((lost.IsCompleted, _store.UnderWay), Is.EqualTo((false, 0)));
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(2));
    }

    [TestCase(true, 0)]
    [TestCase(false, 1)]
    public async Task A_call_throws_before_the_store_has_it_or_after(bool before, int version)
    {
        _plan.Next = new CallFault { LosesRequest = before, Error = new StoreFaultException("broken") };
        Assert.That(async () => await _store.SwapAsync(Swap(), default), Throws.TypeOf<StoreFaultException>());
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(version));
    }

    [Test]
    public async Task A_call_throws_while_its_request_is_still_under_way()
    {
        _plan.Next = new CallFault { RequestDelay = Second, ThrowsEarly = true, Error = new StoreFaultException("broken") };
        Assert.That(async () => await _store.SwapAsync(Swap(), default), Throws.TypeOf<StoreFaultException>());
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.Zero);
        _time.Advance(Second);
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(1));
    }

    [Test]
    public async Task A_store_that_can_not_be_used_refuses_or_hangs_when_a_request_arrives()
    {
        _plan.Next = new CallFault { RequestDelay = Second };
        var underWay = _store.SwapAsync(Swap(), default).AsTask();
        _store.Outage = StoreOutage.Refuses;
        _time.Advance(Second);
        Assert.That(async () => await underWay, Throws.TypeOf<StoreFaultException>());

        _store.Outage = StoreOutage.Hangs;
        var hanging = _store.SwapAsync(Swap(), default).AsTask();
        _store.Outage = StoreOutage.None;
        _time.Advance(1_000 * Second);
        Assert.That(hanging.IsCompleted, Is.False);
        Assert.That((await _server.ReadAsync("k", default)).IsFree);
    }

    [Test]
    public async Task A_process_that_is_stopped_hears_when_it_continues_and_one_that_is_killed_never()
    {
        _store.Stop();
        var answer = _store.SwapAsync(Swap(), default).AsTask();
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(1));
        Assert.That(answer.IsCompleted, Is.False);
        _store.Continue();
        Assert.That(answer.IsCompletedSuccessfully);

        _plan.Next = new CallFault { RequestDelay = Second };
        var last = _store.SwapAsync(Swap() with { Expected = 1, Version = 2 }, default).AsTask();
        _store.Kill();
        _time.Advance(Second);
        Assert.That(last.IsCompleted, Is.False);
        Assert.That((await _server.ReadAsync("k", default)).Version, Is.EqualTo(2));
    }

    [Test]
    public async Task News_is_lost_late_doubled_or_bare()
    {
        var heard = new Heard();
        await using var watching = await _store.WatchAsync("p", heard, default);
        await WakeAsync(1, default);
        Assert.That(heard.Take(), Is.EqualTo(new[] { "k with record" }));
        await WakeAsync(2, new NewsFault { IsLost = true });
        Assert.That(heard.Take(), Is.Empty);
        await WakeAsync(3, new NewsFault { Delay = Second, ComesTwice = true, LacksRecord = true });
        Assert.That(heard.Take(), Is.Empty);
        _time.Advance(Second);
        Assert.That(heard.Take(), Is.EqualTo(new[] { "k" }));
        _time.Advance(Second);
        Assert.That(heard.Take(), Is.EqualTo(new[] { "k" }));

        _store.BreakConnection();
        Assert.That(heard.Take(), Is.EqualTo(new[] { "missed" }));
    }

    [Test]
    public async Task News_under_way_comes_although_nobody_watches_any_more()
    {
        var heard = new Heard();
        var watching = await _store.WatchAsync("p", heard, default);
        await WakeAsync(1, new NewsFault { Delay = Second });
        await watching!.DisposeAsync();
        _time.Advance(Second);
        Assert.That(heard.Take(), Is.EqualTo(new[] { "k with record" }));
        await WakeAsync(2, default);
        Assert.That(heard.Take(), Is.Empty);
    }

    [Test]
    public async Task A_store_may_have_nothing_to_tell() =>
        Assert.That(await new FaultyLockStore(_server) { TellsNews = false }.WatchAsync("p", new Heard(), default), Is.Null);

    [Test]
    public void Random_faults_depend_on_the_seed_alone()
    {
        static IEnumerable<CallFault> Some(int seed)
        {
            var faults = new RandomStoreFaults(seed) { LostRequests = 0.1, LostReplies = 0.1, Delays = 0.5, LongestDelay = Second };
            return [.. Enumerable.Range(0, 1_000).Select(_ => faults.OnCall(new StoreCall(StoreCallKind.Read, "k")))];
        }
        var (faults, same, others) = (Some(1), Some(1), Some(2));
        Assert.That(same, Is.EqualTo(faults));
        Assert.That(others, Is.Not.EqualTo(faults));
        Assert.That(faults.Count(fault => fault.LosesReply), Is.InRange(60, 140));
        Assert.That(faults.Select(fault => fault.RequestDelay), Has.All.LessThanOrEqualTo(Second));
    }

    private static LockSwap Swap() => new() { Key = "k", Expected = 0, Version = 1, Body = "taken", Draw = 1, NotAfter = long.MaxValue, KeepUntil = long.MaxValue };

    private async Task WakeAsync(long version, NewsFault fault)
    {
        _plan.News = fault;
        await _server.SwapAsync(Swap() with { Expected = version - 1, Version = version, Wake = ["p"] }, default);
    }

    private sealed class Plan : IStoreFaults
    {
        /// <summary>How the next call goes; those after it go well.</summary>
        internal CallFault Next { get; set; }

        internal NewsFault News { get; set; }

        public CallFault OnCall(in StoreCall request)
        {
            var fault = Next;
            Next = default;
            return fault;
        }

        public NewsFault OnNews(string key) => News;
    }

    private sealed class Heard : IStoreWatcher
    {
        private readonly List<string> _news = [];

        public void Woken(string key, StoredRecord? record) => _news.Add(record is null ? key : $"{key} with record");

        public void Missed() => _news.Add("missed");

        internal string[] Take()
        {
            string[] news = [.. _news];
            _news.Clear();
            return news;
        }
    }
}
