using System.Reflection;
using GoGoScope.Testing;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Values;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ExpiringValueTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly ManualTimeProvider _time = new();
    private readonly List<Fetch> _fetches = [];
    private ExpiringValue<int> _value = null!;

    [SetUp]
    public void MakeValue() => _value = New();

    [TearDown]
    public async Task EndValue()
    {
        // A test that has failed has left them running.
        lock (_fetches) _fetches.ForEach(fetch => fetch.End());
        await _value.DisposeAsync();
    }

    [Test]
    public async Task However_many_ask_it_is_fetched_once()
    {
        var asking = Enumerable.Range(0, 10).Select(_ => _value.GetAsync().AsTask()).ToList();
        var fetch = await FetchAsync(0);
        asking.Add(_value.GetAsync().AsTask());
        fetch.Give(1, _time.GetUtcNow() + Life);
        foreach (var one in asking) Assert.That(await one.WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
        Assert.That(_value.GetAsync().Now(), Is.EqualTo(1));
        _time.Advance(Life - TimeSpan.FromTicks(1));
        Assert.That(_value.GetAsync().Now(), Is.EqualTo(1));
        Assert.That(_fetches, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task After_its_expiry_it_is_fetched_once_more()
    {
        await GetAsync(1);
        _time.Advance(Life);
        var asking = Enumerable.Range(0, 10).Select(_ => _value.GetAsync().AsTask()).ToList();
        (await FetchAsync(1)).Give(2, _time.GetUtcNow() + Life);
        foreach (var one in asking) Assert.That(await one.WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
        Assert.That(_fetches, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_failure_is_told_to_all_who_waited_and_the_next_one_tries_again()
    {
        var asking = Enumerable.Range(0, 10).Select(_ => _value.GetAsync().AsTask()).ToList();
        (await FetchAsync(0)).Fail(new Boom());
        foreach (var one in asking) Assert.That(await one.Error(), Is.TypeOf<Boom>());
        await GetAsync(2, fetch: 1);
    }

    [Test]
    public async Task A_waiter_that_gives_up_leaves_the_others_alone()
    {
        using var cancel = new CancellationTokenSource();
        var first = _value.GetAsync(cancel.Token).AsTask();
        var second = _value.GetAsync().AsTask();
        var fetch = await FetchAsync(0);
        await cancel.CancelAsync();
        Assert.That(await first.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(cancel.Token));
        Assert.That(fetch.Token.IsCancellationRequested, Is.False);
        fetch.Give(1, _time.GetUtcNow() + Life);
        Assert.That(await second.WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
    }

    [Test]
    public async Task The_last_waiter_takes_the_fetch_with_it_and_the_next_fetch_begins_when_that_has_ended()
    {
        using var cancel = new CancellationTokenSource();
        var given = _value.GetAsync(cancel.Token).AsTask();
        var abandoned = await FetchAsync(0);
        await cancel.CancelAsync();
        await given.Error();
        Assert.That(abandoned.Token.IsCancellationRequested);

        var next = _value.GetAsync().AsTask();
        Assert.That(_fetches, Has.Count.EqualTo(1), "there are never two");
        abandoned.Fail(new OperationCanceledException(abandoned.Token));
        (await FetchAsync(1)).Give(2, _time.GetUtcNow() + Life);
        Assert.That(await next.WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
    }

    [Test]
    public async Task Behind_a_fetch_that_ignores_its_token_there_is_one_that_waits_however_many_give_up()
    {
        var hanging = await GiveUpAsync(0);
        var before = ChildrenOf(_value);
        for (var i = 0; i < 10; i++) await GiveUpAsync();
        Assert.That(ChildrenOf(_value), Is.EqualTo(before + 1));

        var next = _value.GetAsync().AsTask();
        hanging!.Fail(new FormatException("it has hung for long"));
        (await FetchAsync(1)).Give(2, _time.GetUtcNow() + Life);
        Assert.That(await next.WaitAsync(Waiting.HangLimit), Is.EqualTo(2), "it joins that one");
    }

    [Test]
    public async Task Nothing_is_fetched_for_those_who_have_given_up_before_it_began()
    {
        var hanging = await GiveUpAsync(0);
        await GiveUpAsync();
        hanging!.Fail(new FormatException("it has hung for long"));
        await Waiting.Until(() => !_value.IsFetching, "nobody wants it");
        await GetAsync(1, fetch: 1);
        Assert.That(_fetches, Has.Count.EqualTo(2));
    }

    /// <summary>Asks and gives up, when the fetch of that number has begun if there is to be one.</summary>
    private async Task<Fetch?> GiveUpAsync(int? fetch = null)
    {
        using var cancel = new CancellationTokenSource();
        var asking = _value.GetAsync(cancel.Token).AsTask();
        var begun = fetch is { } number ? await FetchAsync(number) : null;
        await cancel.CancelAsync();
        Assert.That(await asking.Error(), Is.InstanceOf<OperationCanceledException>());
        return begun;
    }

    [Test]
    public async Task Who_gives_up_neither_waits_for_what_is_registered_with_the_fetch_nor_fails_with_it()
    {
        using var cancel = new CancellationTokenSource();
        var given = _value.GetAsync(cancel.Token).AsTask();
        var abandoned = await FetchAsync(0);
        using var begun = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        await using var callback = abandoned.Token.Register(() =>
        {
            begun.Set();
            goOn.Wait(Waiting.HangLimit);
            throw new Boom("callback");
        });

        var cancelling = cancel.CancelAsync();
        Assert.That(await given.Error(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(begun.Wait(Waiting.HangLimit));
        goOn.Set();
        await cancelling;
        abandoned.Fail(new OperationCanceledException(abandoned.Token));
    }

    [Test]
    public async Task An_abandoned_fetch_that_brings_the_value_all_the_same_serves_the_next_one()
    {
        using var cancel = new CancellationTokenSource();
        var given = _value.GetAsync(cancel.Token).AsTask();
        var abandoned = await FetchAsync(0);
        await cancel.CancelAsync();
        await given.Error();
        var next = _value.GetAsync().AsTask();
        abandoned.Give(1, _time.GetUtcNow() + Life);
        Assert.That(await next.WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
        Assert.That(_fetches, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Cancelling_at_the_moment_of_the_answer_has_one_outcome()
    {
        for (var round = 0; round < 500; round++)
        {
            await using var value = new ExpiringValue<int>(async ct => { await Task.Yield(); return new(1, DateTimeOffset.MaxValue); });
            using var cancel = new CancellationTokenSource();
            var asking = value.GetAsync(cancel.Token).AsTask();
            var cancelling = Task.Run(cancel.Cancel);
            Assert.That(await asking.Error(), Is.Null.Or.InstanceOf<OperationCanceledException>());
            Assert.That(await value.GetAsync().AsTask().WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
            await cancelling;
        }
    }

    [Test]
    public async Task Ahead_of_its_expiry_it_is_refreshed_while_everybody_gets_what_is_there()
    {
        await using var value = New(ahead: TimeSpan.FromMinutes(1));
        var first = value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(TimeSpan.FromMinutes(9) - TimeSpan.FromTicks(1));
        Assert.That(value.GetAsync().Now(), Is.EqualTo(1));
        Assert.That(_fetches, Has.Count.EqualTo(1));
        _time.Advance(TimeSpan.FromTicks(1));
        for (var i = 0; i < 10; i++) Assert.That(value.GetAsync().Now(), Is.EqualTo(1));
        (await FetchAsync(1)).Give(2, _time.GetUtcNow() + Life);
        await Waiting.Until(() => value.GetAsync().Now() == 2, "the new value is there");
        Assert.That(_fetches, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_refresh_that_fails_is_tried_again_later_and_hurts_nobody()
    {
        await using var value = New(ahead: TimeSpan.FromMinutes(4));
        var first = value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.That(value.GetAsync().Now(), Is.EqualTo(1));
        var failing = await FetchAsync(1);
        failing.Fail(new Boom());
        await Waiting.Until(() => !value.IsFetching, "it has failed");
        _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        Assert.That(value.GetAsync().Now(), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(value.GetAsync().Now(), Is.EqualTo(1));
        (await FetchAsync(2)).Give(3, _time.GetUtcNow() + Life);
        await Waiting.Until(() => value.GetAsync().Now() == 3, "the new value is there");
    }

    [Test]
    public async Task A_refresh_that_brings_what_has_expired_takes_nothing_away_and_is_tried_again_later()
    {
        await _value.DisposeAsync();
        _value = New(ahead: TimeSpan.FromMinutes(4));
        var first = _value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(TimeSpan.FromMinutes(6));
        _value.GetAsync().Now();
        (await FetchAsync(1)).Give(2, _time.GetUtcNow());
        await Waiting.Until(() => !_value.IsFetching, "it has come");
        Assert.That(_value.GetAsync().Now(), Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMinutes(2) - TimeSpan.FromTicks(1));
        Assert.That((_value.GetAsync().Now(), _value.IsFetching, _fetches.Count), Is.EqualTo((1, false, 2)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(_value.GetAsync().Now(), Is.EqualTo(1));
        (await FetchAsync(2)).Give(3, _time.GetUtcNow() + Life);
        await Waiting.Until(() => _value.GetAsync().Now() == 3, "the new value is there");
    }

    [Test]
    public async Task Who_asks_after_the_expiry_waits_for_the_refresh_that_runs()
    {
        await using var value = New(ahead: TimeSpan.FromMinutes(1));
        var first = value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(TimeSpan.FromMinutes(9));
        value.GetAsync().Now();
        var refresh = await FetchAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        var asking = value.GetAsync().AsTask();
        refresh.Give(2, _time.GetUtcNow() + Life);
        Assert.That(await asking.WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
        Assert.That(_fetches, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_refresh_that_hangs_goes_on_while_the_value_serves_and_is_cancelled_by_the_last_who_waits_after_that()
    {
        await using var value = New(ahead: TimeSpan.FromMinutes(1));
        var first = value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(TimeSpan.FromMinutes(9));
        value.GetAsync().Now();
        var hanging = await FetchAsync(1);
        await using var heeds = hanging.Token.Register(() => hanging.Fail(new OperationCanceledException(hanging.Token)));
        Assert.That((value.GetAsync().Now(), hanging.Token.IsCancellationRequested), Is.EqualTo((1, false)));

        _time.Advance(TimeSpan.FromMinutes(1));
        using var cancel = new CancellationTokenSource();
        var given = value.GetAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That(await given.Error(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(hanging.Token.IsCancellationRequested);

        var next = value.GetAsync().AsTask();
        (await FetchAsync(2)).Give(2, _time.GetUtcNow() + Life);
        Assert.That(await next.WaitAsync(Waiting.HangLimit), Is.EqualTo(2));
    }

    [Test]
    public async Task At_most_half_of_its_life_is_ahead_of_time()
    {
        await using var value = New(ahead: TimeSpan.FromDays(1));
        var first = value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow() + Life);
        await first;
        _time.Advance(Life / 2 - TimeSpan.FromTicks(1));
        value.GetAsync().Now();
        Assert.That(_fetches, Has.Count.EqualTo(1));
        _time.Advance(TimeSpan.FromTicks(1));
        value.GetAsync().Now();
        (await FetchAsync(1)).Give(2, DateTimeOffset.MaxValue);
        await Waiting.Until(() => value.GetAsync().Now() == 2, "the new value is there");
    }

    [Test]
    public async Task A_value_that_comes_too_late_is_given_to_those_who_waited_and_not_kept()
    {
        var asking = _value.GetAsync().AsTask();
        (await FetchAsync(0)).Give(1, _time.GetUtcNow());
        Assert.That(await asking.WaitAsync(Waiting.HangLimit), Is.EqualTo(1));
        await GetAsync(2, fetch: 1);
    }

    [Test]
    public async Task A_value_that_was_refused_is_fetched_once_more_however_many_refuse_it()
    {
        await GetAsync(1);
        Assert.That(_value.Invalidate(7), Is.False);
        Assert.That(_value.Invalidate(1));
        Assert.That(_value.Invalidate(1), Is.False);
        await GetAsync(2, fetch: 1);
        Assert.That(_value.Invalidate(1), Is.False, "it is another one by now");
        Assert.That(_value.GetAsync().Now(), Is.EqualTo(2));
    }

    [Test]
    public async Task Its_end_cancels_the_fetch_and_fails_who_waits()
    {
        var asking = _value.GetAsync().AsTask();
        var fetch = await FetchAsync(0);
        var ending = _value.DisposeAsync().AsTask();
        await Waiting.Until(() => fetch.Token.IsCancellationRequested, "the fetch is told");
        Assert.That(ending.IsCompleted, Is.False, "it waits for the fetch");
        fetch.Fail(new OperationCanceledException(fetch.Token));
        await ending.WaitAsync(Waiting.HangLimit);
        Assert.That(await asking.Error(), Is.TypeOf<ObjectDisposedException>());
        Assert.That(await _value.GetAsync().AsTask().Error(), Is.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Who_waits_at_its_end_is_told_of_that_whatever_the_fetch_makes_of_being_cancelled()
    {
        var asking = _value.GetAsync().AsTask();
        var fetch = await FetchAsync(0);
        var ending = _value.DisposeAsync().AsTask();
        await Waiting.Until(() => fetch.Token.IsCancellationRequested, "the fetch is told");
        fetch.Fail(new FormatException("the connection was closed"));
        await ending.WaitAsync(Waiting.HangLimit);
        Assert.That(await asking.Error(), Is.TypeOf<ObjectDisposedException>().With.InnerException.TypeOf<FormatException>());
    }

    [Test]
    public async Task A_clock_that_cannot_be_read_once_fails_who_waits_and_nobody_after_that()
    {
        var clock = new OnceUnreadable();
        await using var value = new ExpiringValue<int>(_ => Task.FromResult(new Expiring<int>(7, DateTimeOffset.MaxValue)), new() { TimeProvider = clock });
        for (var read = 1; read <= 6; read++)
        {
            clock.FailsAt(read);
            await Task.Run(() => value.GetAsync().AsTask()).Error();
            clock.FailsAt(0);
            Assert.That(await value.GetAsync().AsTask().WaitAsync(Waiting.HangLimit), Is.EqualTo(7));
            value.Invalidate(7);
        }
    }

    [Test]
    public async Task A_value_that_was_disposed_gives_nothing_that_it_has()
    {
        await GetAsync(1);
        await _value.DisposeAsync();
        Assert.That(await _value.GetAsync().AsTask().Error(), Is.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task The_fetch_runs_in_nobodys_context()
    {
        var local = new AsyncLocal<string?> { Value = "of who came first" };
        string? seen = "";
        await using var value = new ExpiringValue<int>(async _ =>
        {
            await Task.Yield();
            seen = local.Value;
            return new(1, DateTimeOffset.MaxValue);
        });
        await value.GetAsync();
        Assert.That(seen, Is.Null);
        Assert.That(local.Value, Is.EqualTo("of who came first"));
    }

    [Test]
    public async Task A_fetch_that_asks_for_its_own_value_is_refused()
    {
        ExpiringValue<int> value = null!;
        value = new ExpiringValue<int>(async ct => new(await value.GetAsync(ct), DateTimeOffset.MaxValue));
        await using var end = value;
        Assert.That(await value.GetAsync().AsTask().Error(), Is.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task Nor_may_it_ask_in_a_scope_of_its_own()
    {
        ExpiringValue<int> value = null!;
        value = new ExpiringValue<int>(async ct => new(await Scope.RunAsync(s => s.RaceAsync(value.GetAsync), cancellationToken: ct), DateTimeOffset.MaxValue));
        await using var end = value;
        var error = await value.GetAsync().AsTask().Error();
        Assert.That((error as AggregateException)?.InnerExceptions.Single(), Is.TypeOf<InvalidOperationException>(), error?.ToString());
    }

    [Test]
    public async Task A_token_that_was_cancelled_gets_nothing()
    {
        await GetAsync(1);
        Assert.That(await _value.GetAsync(new CancellationToken(canceled: true)).AsTask().Error(), Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Bad_input_is_refused_at_once()
    {
        Assert.That(() => new ExpiringValue<int>(null!), Throws.ArgumentNullException);
        Assert.That(() => new ExpiringValueOptions<int> { RefreshAhead = TimeSpan.FromTicks(-1) }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ExpiringValueOptions<int> { TimeProvider = null! }, Throws.ArgumentNullException);
    }

    private ExpiringValue<int> New(TimeSpan ahead = default) => new(ct =>
    {
        var fetch = new Fetch(ct);
        lock (_fetches) _fetches.Add(fetch);
        return fetch.Answer();
    }, new() { TimeProvider = _time, RefreshAhead = ahead });

    private async Task<Fetch> FetchAsync(int number)
    {
        await Waiting.Until(() => { lock (_fetches) return _fetches.Count > number; }, $"fetch {number} begins");
        lock (_fetches) return _fetches[number];
    }

    private async Task GetAsync(int expected, int fetch = 0)
    {
        var asking = _value.GetAsync().AsTask();
        (await FetchAsync(fetch)).Give(expected, _time.GetUtcNow() + Life);
        Assert.That(await asking.WaitAsync(Waiting.HangLimit), Is.EqualTo(expected));
    }

    /// <summary>How many fetches are under way, or wait for one.</summary>
    private static int ChildrenOf(ExpiringValue<int> value)
    {
        var scope = (Scope)typeof(ExpiringValue<int>).GetField("_scope", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(value)!;
        return (int)typeof(Scope).GetField("_active", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(scope)!;
    }

    /// <summary>One of its next looks at the time fails.</summary>
    private sealed class OnceUnreadable : TimeProvider
    {
        private int _readsLeft;

        internal void FailsAt(int read) => Volatile.Write(ref _readsLeft, read);

        public override DateTimeOffset GetUtcNow() => Interlocked.Decrement(ref _readsLeft) == 0 ? throw new NotSupportedException("not now") : base.GetUtcNow();
    }

    /// <summary>A fetch that ends as the test says.</summary>
    private sealed class Fetch(CancellationToken token)
    {
        private readonly TaskCompletionSource<Expiring<int>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal CancellationToken Token => token;

        internal void Give(int value, DateTimeOffset expiresAt) => _answer.SetResult(new(value, expiresAt));

        internal void Fail(Exception error) => _answer.SetException(error);

        internal void End() => _answer.TrySetCanceled();

        internal Task<Expiring<int>> Answer() => _answer.Task;
    }
}
