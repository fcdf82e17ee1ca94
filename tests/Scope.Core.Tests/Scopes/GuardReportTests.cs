using GoGoScope.Testing;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

/// <summary>A guard that is released while children which it protects still run is reported.</summary>
[TestFixture]
public sealed class GuardReportTests
{
    [Test]
    public async Task Children_that_the_flow_started_under_the_guard_are_named()
    {
        await using var s = Scope.Create();
        s.Run(Forever);
        var mark = s.LastChildStarted;
        Assert.That(s.HasRunningChildAfter(mark), Is.False);
        s.Run(Forever);
        s.Run(Forever);

        Assert.That((mark, s.LastChildStarted, s.HasRunningChildAfter(mark)), Is.EqualTo((1L, 3L, true)));
        s.GuardReleased("stock:1", mark);

        Assert.That(s.Dump(), Does.Contain("warning: Lock \"stock:1\" was released while children that were started under it still run: #2, #3."));
        s.Cancel();
        await s.JoinAsync();
        Assert.That(s.HasRunningChildAfter(0), Is.False);
    }

    [Test]
    public async Task Children_that_have_ended_were_protected_to_their_end()
    {
        await using var s = Scope.Create();
        await s.Start(_ => Task.CompletedTask);
        await s.JoinAsync();
        s.GuardReleased("stock:1", 0);
        Assert.That(s.Dump(), Does.Not.Contain("warning"));
    }

    [Test]
    public async Task A_child_that_was_awaited_has_ended_also_when_it_has_not_left_yet([Values] bool gives, [Values] bool fails)
    {
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        using var held = new HeldScheduler();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var child = gives ? s.Start(WorkAsync).AsTask() : s.Start(async ct => { await WorkAsync(ct); }).AsTask();
        var told = child.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, held);
        go.SetResult();
        await held.Reached.Soon();

        Assert.That((child.IsCompleted, child.IsFaulted, s.HasRunningChildAfter(0)), Is.EqualTo((true, fails, true)));
        s.GuardReleased("stock:1", 0);
        held.GoOn();
        await told.Soon();
        Assert.That(s.Dump(), Does.Not.Contain("warning"));
        await s.JoinAsync();

        async Task<int> WorkAsync(CancellationToken cancellationToken)
        {
            await go.Task;
            return fails ? throw new FormatException("no luck") : 1;
        }
    }

    [Test]
    public async Task Children_of_other_flows_are_not_the_guards_business()
    {
        await using var s = Scope.Create();
        await s.Start(async _ =>
        {
            var mark = s.LastChildStarted;
            await using var other = s.CreateChild();
            await other.Start(async _ => s.Run(Forever));
            Assert.That(s.HasRunningChildAfter(mark), Is.True);
            s.GuardReleased("stock:1", mark);
        });
        Assert.That(s.Dump(), Does.Not.Contain("warning"));
    }

    [Test]
    public async Task Only_the_newest_reports_are_kept()
    {
        await using var s = Scope.Create();
        s.Run(Forever);
        for (var i = 0; i < 100; i++) s.GuardReleased($"key:{i}", 0);
        var warnings = s.Dump().Split('\n').Where(line => line.Contains("warning", StringComparison.Ordinal)).ToArray();
        Assert.That(warnings, Has.Length.EqualTo(8));
        Assert.That(warnings[^1], Does.Contain("key:99"));
    }

    /// <summary>Keeps who completes a task for which this scheduler has a continuation, on its way from there.</summary>
    private sealed class HeldScheduler : TaskScheduler, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();

        internal Task Reached => _reached.Task;

        internal void GoOn() => _goOn.Set();

        public void Dispose() => _goOn.Dispose();

        protected override void QueueTask(Task task)
        {
            _reached.TrySetResult();
            if (!_goOn.Wait(Waiting.HangLimit)) throw new TimeoutException("Nobody has let it go on.");
            TryExecuteTask(task);
        }

        protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

        protected override IEnumerable<Task> GetScheduledTasks() => [];
    }
}
