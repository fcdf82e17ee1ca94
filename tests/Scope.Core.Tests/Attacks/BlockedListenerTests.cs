using System.Diagnostics;
using System.Diagnostics.Tracing;
using GoGoScope.Tests.Scopes;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

/// <summary>Who listens may block, as a logger does whose console takes nothing: that is not the matter of leases and deadlines.</summary>
[NonParallelizable]
public sealed class BlockedListenerTests
{
    private const string Name = "scope of BlockedListenerTests";

    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(1);

    public enum Hears
    {
        Spans,
        LostLeases,
        CancelledScopes,
    }

    [Test]
    public async Task A_listener_that_blocks_keeps_no_lease_from_ending_and_no_scope_from_hearing_of_it([Values] Hears hears, [Values] bool inMemory)
    {
        var time = new ManualTimeProvider();
        await using var store = inMemory ? null : new LeasedLockProvider(new GoGoScope.Testing.InMemoryLockStore(time), new LeaseOptions { TimeProvider = time });
        using var listener = new Blocking(hears);
        var options = new ScopeOptions { Name = Name, TimeProvider = time, LockProvider = store ?? (ILockProvider)new InMemoryLockProvider() };
        Scope[] scopes = [Scope.Create(options), Scope.Create(options)];
        var told = new List<CancellationToken>();
        foreach (var (number, scope) in scopes.Index())
        {
            var guard = await scope.CreateLock($"{Name} {number}", new LockOptions { AutoRenew = false, TimeToLive = TimeToLive, OnLost = LeaseLossAction.CancelScope }).AcquireAsync().AsTask().Soon();
            told.AddRange([guard.LostToken, scope.Token]);
        }

        await listener.BlocksWhile(() => time.Advance(TimeToLive), told);
        foreach (var scope in scopes) await scope.DisposeAsync();
    }

    [Test]
    public async Task A_listener_that_blocks_keeps_no_deadline_from_coming()
    {
        var time = new ManualTimeProvider();
        using var listener = new Blocking(Hears.CancelledScopes);
        var options = new ScopeOptions { Name = Name, TimeProvider = time, Timeout = TimeSpan.FromSeconds(1) };
        Scope[] scopes = [Scope.Create(options), Scope.Create(options)];
        await listener.BlocksWhile(() => time.Advance(TimeSpan.FromSeconds(1)), [.. scopes.Select(scope => scope.Token)]);
        foreach (var scope in scopes) await scope.DisposeAsync();
    }

    [Test]
    public async Task A_listener_that_blocks_keeps_no_scope_from_being_cancelled_with_others([Values] bool byToken)
    {
        using var listener = new Blocking(Hears.CancelledScopes);
        using var caller = new CancellationTokenSource();
        var options = new ScopeOptions { Name = Name };
        Scope[] scopes = [Scope.Create(options, caller.Token), Scope.Create(options, caller.Token)];
        var inner = scopes[0].CreateChild(options);
        List<CancellationToken> told = [scopes[0].Token, inner.Token];
        if (byToken) told.Add(scopes[1].Token);
        await listener.BlocksWhile(byToken ? caller.Cancel : () => scopes[0].Cancel(), told);
        foreach (var scope in scopes) await scope.DisposeAsync();
    }

    [Test]
    public async Task A_listener_that_blocks_keeps_no_sibling_from_being_cancelled()
    {
        using var listener = new Blocking(Hears.CancelledScopes, ends: "ChildFailed");
        var s = Scope.Create(new ScopeOptions { Name = Name });
        await listener.BlocksWhile(() => s.Run(Task (_) => throw new Boom()), [s.Token]);
        await s.DisposeAsync().Error();
    }

    [Test]
    public async Task A_lost_lease_is_told_before_the_scopes_that_it_cancels()
    {
        var time = new ManualTimeProvider();
        using var listener = new Blocking(hears: null);
        var s = Scope.Create(new ScopeOptions { Name = Name, TimeProvider = time });
        _ = s.CreateChild(new ScopeOptions { Name = Name + ", inner" });
        _ = await s.CreateLock($"{Name} k", new LockOptions { AutoRenew = false, TimeToLive = TimeToLive, OnLost = LeaseLossAction.CancelScope }).AcquireAsync();
        time.Advance(TimeToLive);
        await GoGoScope.Testing.Waiting.Until(() => listener.Heard.Count == 3, "all is told");
        Assert.That(listener.Heard, Is.EqualTo([$"LeaseLost {Name}", $"ScopeCancelled {Name}", $"ScopeCancelled {Name}, inner"]));
        await s.DisposeAsync();
    }

    [Test]
    public async Task What_a_listener_that_blocks_keeps_from_being_told_does_not_fill_the_memory()
    {
        using var errors = new Errors();
        using var release = new ManualResetEventSlim();
        var blocks = TestTools.Signal();
        Listeners.TellSoon(() =>
        {
            blocks.TrySetResult();
            release.Wait();
        });
        await blocks.Task.Soon();
        var told = 0;
        for (var i = 0; i < 10_000; i++) Listeners.TellSoon(() => told++);
        release.Set();

        await GoGoScope.Testing.Waiting.Until(() => errors.Heard.Any(error => error.Contains("5904 events and measurements were told to nobody", StringComparison.Ordinal)), "it is said how many were lost");
        Assert.That(told, Is.EqualTo(4096));
    }

    [Test]
    public async Task What_is_counted_while_a_listener_blocks_is_told_in_the_end()
    {
        const int Many = 10_000;
        var time = new ManualTimeProvider();
        await using var scope = Scope.Create(new ScopeOptions { TimeProvider = time, LockProvider = new InMemoryLockProvider() });
        using var collected = new GoGoScope.Tests.Diagnostics.Collected();
        using var release = new ManualResetEventSlim();
        var blocks = TestTools.Signal();
        var lost = new List<CancellationToken>(Many);
        for (var i = 0; i < Many; i++) lost.Add((await scope.CreateLock($"k{i}", new LockOptions { AutoRenew = false, TimeToLive = TimeToLive }).AcquireAsync()).LostToken);
        Listeners.TellSoon(() =>
        {
            blocks.TrySetResult();
            release.Wait();
        });
        await blocks.Task.Soon();
        time.Advance(TimeToLive);
        for (var i = 0; i < Many; i++) Telemetry.Renewed(Name, RenewalOutcome.Renewed, count: 2);
        Assert.That(lost.TrueForAll(token => token.IsCancellationRequested));
        release.Set();

        await GoGoScope.Testing.Waiting.Until(() => collected.Sum("gogoscope.lease.losses") == Many, "each lease that was lost is counted");
        await GoGoScope.Testing.Waiting.Until(() => collected.Sum("gogoscope.lease.renewals", ("gogoscope.provider", Name)) == 2 * Many, "and each renewal");
    }

    private sealed class Errors : EventListener
    {
        internal System.Collections.Concurrent.ConcurrentQueue<string> Heard { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "GoGoScope") EnableEvents(eventSource, EventLevel.Error);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => Heard?.Enqueue(string.Join(' ', eventData.Payload ?? []));
    }

    /// <summary>Listens to what these tests do, and blocks at the first of what it is to hear, until it is disposed.</summary>
    private sealed class Blocking : EventListener
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly TaskCompletionSource _blocks = TestTools.Signal();
        private readonly ActivityListener? _spans;
        private readonly string? _event;
        private readonly System.Threading.Lock _gate = new();
        private readonly List<string> _heard = [];

        internal Blocking(Hears? hears, string? ends = null)
        {
            _event = ends ?? hears switch { Hears.LostLeases => "LeaseLost", Hears.CancelledScopes => "ScopeCancelled", _ => null };
            EventSourceCreated += (_, created) =>
            {
                if (created.EventSource is { Name: "GoGoScope" } source) EnableEvents(source, EventLevel.Informational);
            };
            if (hears != Hears.Spans) return;
            _spans = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "GoGoScope",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = span =>
                {
                    if (span.GetTagItem("gogoscope.scope") is Name && span.OperationName == "lock hold") Block();
                },
            };
            ActivitySource.AddActivityListener(_spans);
        }

        internal IReadOnlyList<string> Heard
        {
            get { lock (_gate) return [.. _heard]; }
        }

        /// <summary>Does it elsewhere, and waits until all these tokens have fired, while a listener blocks.</summary>
        internal async Task BlocksWhile(Action act, List<CancellationToken> told)
        {
            var acting = Task.Run(act);
            try
            {
                await _blocks.Task.Soon();
                await GoGoScope.Testing.Waiting.Until(() => told.TrueForAll(token => token.IsCancellationRequested), "everybody is told although a listener blocks");
            }
            finally
            {
                _release.Set();
            }
            await acting.Soon();
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (_gate is null || eventData.EventSource.Name != "GoGoScope" || eventData.Payload is not [string scope, ..] || !scope.StartsWith(Name, StringComparison.Ordinal)) return;
            lock (_gate) _heard.Add($"{eventData.EventName} {scope}");
            if (eventData.EventName == _event) Block();
        }

        public override void Dispose()
        {
            _release.Set();
            _spans?.Dispose();
            base.Dispose();
        }

        private void Block()
        {
            _blocks.TrySetResult();
            _release.Wait();
        }
    }
}
