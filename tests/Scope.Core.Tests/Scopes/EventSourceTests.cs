using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Text.RegularExpressions;
using GoGoScope.Testing;
using GoGoScope.Tests.Run;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class EventSourceTests
{
    private const string Name = "scope of EventSourceTests";

    [Test]
    public async Task Reports_what_is_not_thrown()
    {
        using var listener = new Listener();
        var time = new ManualTimeProvider();
        var s = Scope.Create(new ScopeOptions { Name = Name, TimeProvider = time, LockProvider = new InMemoryLockProvider() });
        var release = Signal();
        s.Token.Register(() => throw new Boom("callback"));
        var started = Signal();
        s.Run(async _ =>
        {
            started.SetResult();
            await release.Task;
        });
        await started.Task.Soon();
        s.GuardReleased("stock:1", 0);
        var lease = await s.CreateLock("stock:2", new LockOptions
        {
            TimeToLive = TimeSpan.FromSeconds(1),
            AutoRenew = false,
            OnLost = LeaseLossAction.CancelScope,
        }).AcquireAsync();
        var cancelled = Signal();
        using var registration = s.Token.Register(cancelled.SetResult);
        time.Advance(TimeSpan.FromSeconds(1));
        await cancelled.Task.Soon();
        Assert.That(lease.IsHeld, Is.False);
        release.SetException(new Boom("child"));
        Assert.That(await s.DisposeAsync().Error(), Is.Not.Null);

        Assert.That(GoGoScopeEventSource.Log!.ConstructionException, Is.Null);
        await Waiting.Until(() => listener.Events.Count >= 5, "what a clock has brought about is told soon");
        Assert.That(listener.Events.Keys, Is.EquivalentTo(["GuardReleasedUnderChildren", "LeaseLost", "ScopeCancelled", "CallbackFailed", "ChildFailed"]));
        Assert.That(listener.Events["ScopeCancelled"]["cause"], Is.EqualTo("LeaseLost"));
        Assert.That(listener.Events["LeaseLost"]["key"], Is.EqualTo("stock:2"));
        Assert.That(listener.Events["GuardReleasedUnderChildren"]["report"], Does.Contain("stock:1"));
        Assert.That(listener.Events["ChildFailed"]["child"], Is.EqualTo("1"));
        Assert.That(listener.Events["CallbackFailed"]["error"], Does.Contain("callback"));
    }

    /// <summary>Two with one number would be one for whoever collects them.</summary>
    [Test]
    public void Events_have_a_number_each_and_write_it()
    {
        var events = typeof(GoGoScopeEventSource).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(method => (method.Name, method.GetCustomAttribute<EventAttribute>()?.EventId)).Where(one => one.EventId is not null).ToList();
        Assert.That(events.Select(one => one.EventId), Is.EqualTo(Enumerable.Range(1, 7)));

        var source = Repository.Read("src/Scope.Core/Diagnostics/GoGoScopeEventSource.cs");
        var written = Regex.Matches(source, @"\[Event\((\d+),.*\n.*WriteEvent\((\d+),").Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToList();
        Assert.That(written, Has.Count.EqualTo(events.Count));
        Assert.That(written.Where(one => one.Item1 != one.Item2), Is.Empty);
    }

    [Test]
    public async Task An_ordinary_end_is_no_event()
    {
        using var listener = new Listener();
        await using (Scope.Create(new ScopeOptions { Name = Name })) { }
        Assert.That(listener.Events, Is.Empty);
    }

    /// <summary>Hears the events of the scopes of this fixture, each with its payload by name.</summary>
    private sealed class Listener : EventListener
    {
        internal ConcurrentDictionary<string, Dictionary<string, object?>> Events { get; } = new();

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "GoGoScope") EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventSource.Name != "GoGoScope") return;
            var payload = eventData.PayloadNames!.Zip(eventData.Payload!).ToDictionary(pair => pair.First, pair => pair.Second);
            if (payload["scope"] is Name) Events[eventData.EventName!] = payload;
        }
    }
}
