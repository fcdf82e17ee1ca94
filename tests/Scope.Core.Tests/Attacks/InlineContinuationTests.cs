using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

/// <summary>Whoever waits for a scope goes on by itself: it must not hold up another who waits for the same.</summary>
public sealed class InlineContinuationTests
{
    // Shorter than the tests wait for whoever waits here.
    private static readonly TimeSpan Hang = TestTools.Hang / 2;

    [Test]
    public async Task Who_waited_for_the_end_may_block_for_another_who_did()
    {
        var go = TestTools.Signal();
        var scope = Scope.Create();
        var started = TestTools.Signal();
        scope.Run(_ => { started.SetResult(); return go.Task; });
        await started.Task.Soon();
        var first = scope.DisposeAsync().AsTask();
        var second = Task.Run(async () =>
        {
            await scope.DisposeAsync().ConfigureAwait(false);
            return first.Wait(Hang);
        });
        var closed = typeof(Scope).GetField("_closed", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!;
        while (closed.GetValue(scope) is null) await Task.Run(() => { });
        go.SetResult();
        Assert.That(await second.Soon(), "the first call could not return before the second had run on");
    }

    [Test]
    public async Task Who_waited_for_the_children_may_block_for_another_who_did()
    {
        var go = TestTools.Signal();
        await using var scope = Scope.Create();
        scope.Run(_ => go.Task);
        using var both = new Barrier(2);
        var joins = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            await scope.JoinAsync().ConfigureAwait(false);
            return both.SignalAndWait(Hang);
        })).ToArray();
        foreach (var join in joins) await WaitUntilWaiting(join);
        go.SetResult();
        Assert.That(await Task.WhenAll(joins).Soon(), Is.All.True, "two that joined could not meet");
    }

    // The task has nothing to show before it waits; a few turns of the pool are enough.
    private static async Task WaitUntilWaiting(Task task)
    {
        for (var turn = 0; turn < 200 && !task.IsCompleted; turn++) await Task.Run(() => { });
    }
}
