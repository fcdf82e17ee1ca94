using GoGoScope.Testing;

namespace GoGoScope.Tests.Semaphores;

/// <summary>Running something while holding permits.</summary>
public sealed class SemaphoreRunTests
{
    [Test]
    public async Task Never_more_run_than_there_are_permits_and_all_of_them_do()
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(3);
        var (inside, most, done) = (0, 0, 0);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 200; i++)
        {
            scope.Run(ct => semaphore.RunAsync(async _ =>
            {
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                // The first wait until all permits are in use.
                if (now == 3) all.TrySetResult();
                await all.Task.Soon();
                await Task.Yield();
                Interlocked.Decrement(ref inside);
                Interlocked.Increment(ref done);
            }, cancellationToken: ct));
        }
        await scope.JoinAsync().Soon();
        Assert.That((most, done, semaphore.CurrentCount), Is.EqualTo((3, 200, 3)));
    }

    [Test]
    public async Task Every_shape_of_a_delegate_runs_under_the_permits()
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(4);
        var free = new List<int>();

        await semaphore.RunAsync(async ct => { free.Add(semaphore.CurrentCount); await Task.Yield(); }, weight: 2);
        await semaphore.RunAsync(AsTask);
        await semaphore.RunAsync(AsValueTask, 3);
        Assert.That(await semaphore.RunAsync(ct => Task.FromResult(semaphore.CurrentCount)), Is.EqualTo(3));
        Assert.That(await semaphore.RunAsync(ct => new ValueTask<int>(semaphore.CurrentCount), 4, new AcquireOptions { Priority = 1 }), Is.Zero);
        Assert.That(await semaphore.RunAsync(async ct => { await Task.Yield(); return semaphore.CurrentCount; }), Is.EqualTo(3));
        Assert.That(free, Is.EqualTo([2, 3, 1]));
        Assert.That(semaphore.CurrentCount, Is.EqualTo(4));

        Task AsTask(CancellationToken ct) { free.Add(semaphore.CurrentCount); return Task.CompletedTask; }
        ValueTask AsValueTask(CancellationToken ct) { free.Add(semaphore.CurrentCount); return default; }
    }

    [Test]
    public async Task A_failure_gives_the_permits_back_and_is_thrown_as_itself()
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(2);
        await Assert.ThatAsync(() => semaphore.RunAsync(_ => throw new FormatException("no"), 2), Throws.TypeOf<FormatException>());
        Assert.That(semaphore.CurrentCount, Is.EqualTo(2));
    }

    [Test]
    public async Task The_token_is_cancelled_by_the_caller_and_by_the_end_of_the_scope([Values] bool byCaller)
    {
        using var caller = new CancellationTokenSource();
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(1);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = semaphore.RunAsync(async ct =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }, cancellationToken: caller.Token);
        await started.Task.Soon();
        if (byCaller) await caller.CancelAsync();
        else scope.Cancel();
        var token = byCaller ? caller.Token : scope.Token;
        await Assert.ThatAsync(() => running.Soon(), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(token));
        Assert.That(semaphore.CurrentCount, Is.EqualTo(1));
    }

    [Test]
    public async Task What_is_not_granted_in_time_does_not_run()
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(1);
        await using var holder = await semaphore.AcquireAsync();
        var ran = false;
        await Assert.ThatAsync(() => semaphore.RunAsync(_ => { ran = true; return Task.CompletedTask; }, options: new AcquireOptions { Timeout = TimeSpan.Zero }), Throws.TypeOf<SemaphoreTimeoutException>());
        Assert.That(ran, Is.False);
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = Volatile.Read(ref most); seen < now;)
        {
            var found = Interlocked.CompareExchange(ref most, now, seen);
            if (found == seen) return;
            seen = found;
        }
    }
}
