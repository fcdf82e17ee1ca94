using GoGoScope.Testing;

namespace GoGoScope.Tests.Semaphores;

/// <summary>A semaphore belongs to its scope: waits end with it, and what was left undisposed comes back.</summary>
public sealed class SemaphoreLifetimeTests
{
    [Test]
    public async Task The_end_of_the_scope_gives_back_what_was_left_undisposed()
    {
        var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(4);
        var guards = new[] { await semaphore.AcquireAsync(2), await semaphore.AcquireAsync(1) };
        await scope.DisposeAsync();
        Assert.That(guards.Select(guard => guard.IsHeld), Is.All.False);
        Assert.That(semaphore.CurrentCount, Is.EqualTo(4));
        foreach (var guard in guards) await guard.DisposeAsync();
        Assert.That(semaphore.CurrentCount, Is.EqualTo(4));
    }

    [Test]
    public async Task They_come_back_after_the_children_have_ended()
    {
        var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(1);
        var guard = await semaphore.AcquireAsync();
        var heldToTheEnd = false;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scope.Run(async ct =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            heldToTheEnd = guard.IsHeld;
        });
        await started.Task.Soon();
        await scope.DisposeAsync();
        Assert.That((heldToTheEnd, guard.IsHeld), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task Waits_end_with_the_scope_and_nothing_is_granted_after_it()
    {
        var scope = Scope.Create(new ScopeOptions { Name = "short" });
        var semaphore = scope.CreateSemaphore(1);
        await semaphore.AcquireAsync();
        var waiting = semaphore.AcquireAsync();
        var token = scope.Token;
        scope.Cancel("enough");
        await Assert.ThatAsync(async () => await waiting.Soon(), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(token));
        await Assert.ThatAsync(async () => await semaphore.TryAcquireAsync(), Throws.InstanceOf<OperationCanceledException>());
        await scope.DisposeAsync();
        Assert.That(() => scope.CreateSemaphore(1), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Disposed_it_fails_who_waits_and_who_asks_and_leaves_holders_alone()
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(2, new SemaphoreOptions { Name = "uploads" });
        var guard = await semaphore.AcquireAsync(2);
        var waiting = semaphore.AcquireAsync();
        await semaphore.DisposeAsync();
        await semaphore.DisposeAsync();

        var error = (await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waiting.Soon()))!;
        Assert.That(error.Message, Does.StartWith("Semaphore \"uploads\" of 2 permits was disposed."));
        Assert.That(error.ObjectName, Is.EqualTo(nameof(AsyncSemaphore)));
        await Assert.ThatAsync(async () => await semaphore.AcquireAsync(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(guard.IsHeld);
        await guard.DisposeAsync();
        Assert.That(semaphore.CurrentCount, Is.EqualTo(2));
        Assert.That(scope.Dump(), Does.Not.Contain("uploads"), "nothing of it is left in the scope");
    }

    [Test]
    public async Task Without_a_scope_it_ends_with_its_lifetime()
    {
        using var lifetime = new CancellationTokenSource();
        await using var semaphore = new AsyncSemaphore(1, lifetime: lifetime.Token);
        var guard = await semaphore.AcquireAsync();
        var waiting = semaphore.AcquireAsync();
        await lifetime.CancelAsync();
        await Assert.ThatAsync(async () => await waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(guard.IsHeld);
        await guard.DisposeAsync();
    }

    [Test]
    public async Task It_lives_in_this_process_whatever_the_scopes_provider_is()
    {
        await using var provider = new LeasedLockProvider(new InMemoryLockStore());
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var guard = await scope.CreateSemaphore(1).AcquireAsync();
        Assert.That(guard.IsHeld);
    }

    [Test]
    public async Task The_dump_shows_who_holds_and_who_waits()
    {
        await using var scope = Scope.Create(new ScopeOptions { Name = "import" });
        var semaphore = scope.CreateSemaphore(3, new SemaphoreOptions { Name = "uploads" });
        await using var guard = await semaphore.AcquireAsync(2);
        var waiting = semaphore.AcquireAsync(3).AsTask();
        var dump = scope.Dump();
        Assert.Multiple(() =>
        {
            Assert.That(dump, Does.Contain("owns: Semaphore \"uploads\" of 3 permits"));
            Assert.That(dump, Does.Contain("holds: Semaphore \"uploads\" of 3 permits, 2 permits, import"));
            Assert.That(dump, Does.Contain("waits: Semaphore \"uploads\" of 3 permits, 3 permits, import, place 1 of 1, held by import"));
            Assert.That(guard.ToString(), Is.EqualTo("Semaphore \"uploads\" of 3 permits, 2 permits, import"));
        });
        await guard.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
        Assert.That(guard.ToString(), Is.EqualTo("released"));
    }

    [Test]
    public async Task A_guard_that_is_disposed_under_its_children_is_reported()
    {
        await using var scope = Scope.Create();
        var guard = await scope.CreateSemaphore(1).AcquireAsync();
        scope.Run(ct => Task.Delay(Timeout.InfiniteTimeSpan, ct));
        await guard.DisposeAsync();
        Assert.That(scope.Dump(), Does.Contain("warning: A semaphore of 1 permit was released while children"));
    }
}
