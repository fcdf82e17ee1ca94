using System.Diagnostics.Tracing;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

/// <summary>An exception whose Message or ToString throws (a bug of its author) must not break the structure.</summary>
[NonParallelizable]
public sealed class HostileExceptionTests
{
    private static readonly TimeSpan Hang = TestTools.Hang;

    [Test]
    public async Task A_child_that_fails_with_a_message_that_throws_still_ends()
    {
        var run = Scope.RunAsync(async s =>
        {
            s.Run(_ => Task.FromException(new NastyMessage()));
            await Task.Yield();
        });
        await Ends(run);
        Assert.That(run.IsFaulted && run.Exception!.InnerExceptions[0] is NastyMessage, "the child's failure was not what RunAsync threw");
    }

    [Test]
    public async Task A_body_that_fails_with_a_message_that_throws_still_ends_its_children_and_releases()
    {
        var childEnded = false;
        var released = false;
        var started = TestTools.Signal();
        var run = Scope.RunAsync(async s =>
        {
            s.Defer(_ => { released = true; return Task.CompletedTask; });
            s.Run(async token =>
            {
                try { await TestTools.Forever(started, token); }
                finally { childEnded = true; }
            });
            await started.Task;
            throw new NastyMessage();
        });
        await Ends(run);
        Assert.Multiple(() =>
        {
            Assert.That(childEnded, "RunAsync returned while its child runs on");
            Assert.That(released, "RunAsync returned and nothing was released");
        });
    }

    [Test]
    public async Task A_failure_whose_text_throws_still_ends_while_somebody_listens()
    {
        using var listener = new Listener(_ => { });
        var run = Scope.RunAsync(async s =>
        {
            s.Run(_ => Task.FromException(new NastyText()));
            await Task.Yield();
        });
        await Ends(run);
    }

    [Test]
    public async Task A_listener_that_throws_does_not_keep_a_scope_from_ending()
    {
        using var listener = new Listener(e =>
        {
            if (e.Payload is [string and "listened", ..]) throw new InvalidOperationException("a listener's bug");
        });
        var scope = Scope.Create(new ScopeOptions { Name = "listened" });
        scope.Run(TestTools.Forever);
        try { scope.Cancel(); }
        catch (Exception error) { TestContext.Out.WriteLine($"Cancel threw {error.GetType()}"); }
        await Ends(scope.DisposeAsync().AsTask());
    }

    private static async Task Ends(Task task)
    {
        if (await Task.WhenAny(task, Task.Delay(Hang)) != task) Assert.Fail("it never ends");
        _ = task.Exception;
    }

    private sealed class NastyMessage : Exception
    {
        public override string Message => throw new InvalidOperationException("the message throws");

        public override string ToString() => nameof(NastyMessage);
    }

    private sealed class NastyText : Exception
    {
        public override string ToString() => throw new InvalidOperationException("the text throws");
    }

    private sealed class Listener(Action<EventWrittenEventArgs> onEvent) : EventListener
    {
        protected override void OnEventSourceCreated(EventSource source)
        {
            if (source.Name == "GoGoScope") EnableEvents(source, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs e) => onEvent?.Invoke(e);
    }
}
