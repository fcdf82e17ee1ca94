using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class EndOfWaitTests
{
    [Test]
    public async Task A_wait_that_the_end_of_the_scope_ends_always_ends_in_the_same_way([Values] bool throughLock)
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var holder = await outside.AcquireLockAsync("k");
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 2_000; round++)
        {
            var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            var wait = throughLock ? scope.CreateLock("k").AcquireAsync().AsTask() : scope.AcquireLockAsync("k").AsTask();
            await scope.DisposeAsync();
            var kind = (await wait.Error())!.GetType().Name;
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
        Assert.That(seen, Has.Count.EqualTo(1), string.Join(", ", seen));
    }

    [Test]
    public async Task A_wait_never_succeeds_with_a_guard_that_was_released_before_its_caller_saw_it()
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        var (dead, granted) = (0, 0);
        for (var round = 0; round < 5_000; round++)
        {
            var holder = await outside.AcquireLockAsync("k");
            var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            var wait = AcquireAsync(scope);
            using var start = new Barrier(2);
            var release = Task.Run(async () => { start.SignalAndWait(); await holder.DisposeAsync(); });
            start.SignalAndWait();
            Thread.SpinWait(round % 100);
            await scope.DisposeAsync();
            await release;
            if (await wait.Error() is not null) continue;
            granted++;
            if (!wait.Result) dead++;
        }
        Assert.That(dead, Is.Zero, $"granted {granted}, of which released before the caller ran on: {dead}");
    }

    [Test]
    public async Task A_wait_whose_continuation_comes_after_the_end_of_its_scope_does_not_succeed()
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        var holder = await outside.AcquireLockAsync("k");
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });

        // A thread with a queue, such as that of a user interface, which is busy for a moment.
        var busy = new HeldBack();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(busy);
        Task<bool> wait;
        try { wait = AcquireOnContextAsync(scope); }
        finally { SynchronizationContext.SetSynchronizationContext(before); }

        await holder.DisposeAsync();
        await busy.Posted.Task.Soon();
        await scope.DisposeAsync().Soon();
        var other = await outside.TryAcquireLockAsync("k");
        busy.Run();

        var error = await wait.Error();
        Assert.That(other, Is.Not.Null);
        Assert.That(error, Is.Not.Null, "it was told that it has the key, which somebody else holds");
    }

    private static async Task<bool> AcquireOnContextAsync(Scope scope)
    {
        var guard = await scope.AcquireLockAsync("k");
        return guard.IsHeld;
    }

    private sealed class HeldBack : SynchronizationContext
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(SendOrPostCallback Call, object? State)> _posts = new();

        internal TaskCompletionSource Posted { get; } = TestTools.Signal();

        public override void Post(SendOrPostCallback d, object? state)
        {
            _posts.Enqueue((d, state));
            Posted.TrySetResult();
        }

        internal void Run()
        {
            while (_posts.TryDequeue(out var post)) post.Call(post.State);
        }
    }

    private static async Task<bool> AcquireAsync(Scope scope)
    {
        var guard = await scope.AcquireLockAsync("k").ConfigureAwait(false);
        return guard.IsHeld;
    }
}
