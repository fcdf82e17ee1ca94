namespace GoGoScope.Testing;

/// <summary>Cancelling a wait: one outcome, and nothing stays behind.</summary>
public abstract class CancellationContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task A_token_that_is_cancelled_already_takes_nothing([Values] RequestForm form, [Values] bool free)
    {
        var holder = free ? default : await NewLock().AcquireAsync().Soon();
        var cancelled = new CancellationToken(canceled: true);
        var error = (await Assert.CatchAsync<OperationCanceledException>(() => form.Start(NewLock(), new AcquireOptions(), cancelled).Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancelled));
        Assert.That(Holders(), Has.Count.EqualTo(free ? 0 : 1));
        Assert.That(Waiters(), Is.Empty);
        await holder.DisposeAsync();
    }

    [Test]
    public async Task A_cancelled_waiter_leaves_and_the_others_go_on([Values] RequestForm form)
    {
        var holder = await NewLock().AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var leaving = await Queue(NewLock(), form, new AcquireOptions { Timeout = Harness.LongTime }, cancel.Token);
        var staying = await Queue(NewLock());
        await cancel.CancelAsync();
        var error = (await Assert.CatchAsync<OperationCanceledException>(() => leaving.Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(Waiters(), Has.Count.EqualTo(1));
        await holder.DisposeAsync();
        await (await staying.Soon()).DisposeAsync();
    }

    [TestCase(0)]
    [TestCase(2)]
    [TestCase(4)]
    public async Task Cancelling_one_of_five_keeps_the_order_of_the_rest(int leaver)
    {
        var holder = await NewLock().AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var waiting = new List<Task<LockGuard>>();
        for (var i = 0; i < 5; i++) waiting.Add(await Queue(NewLock(), cancellationToken: i == leaver ? cancel.Token : default));
        await cancel.CancelAsync();
        await Assert.ThatAsync(async () => await waiting[leaver].Soon(), Throws.InstanceOf<OperationCanceledException>());
        waiting.RemoveAt(leaver);
        await holder.DisposeAsync();
        for (var i = 0; i < waiting.Count; i++)
        {
            var turn = await waiting[i].Soon();
            Assert.That(waiting.Skip(i + 1).Any(w => w.IsCompleted), Is.False);
            await turn.DisposeAsync();
        }
    }

    [Test]
    public async Task Cancelling_after_the_grant_changes_nothing()
    {
        using var cancel = new CancellationTokenSource();
        var direct = await NewLock().AcquireAsync(cancel.Token).Soon();
        var waiting = await Queue(NewLock(), cancellationToken: cancel.Token);
        await direct.DisposeAsync();
        await using var handedOver = await waiting.Soon();
        await cancel.CancelAsync();
        Assert.That(handedOver.IsHeld);
        Assert.That(handedOver.LostToken.IsCancellationRequested, Is.False);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task One_token_cancels_all_who_wait_with_it()
    {
        await using var holder = await NewLock().AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var waiting = new List<Task<LockGuard>>();
        for (var i = 0; i < 50; i++) waiting.Add(await Queue(NewLock(), i % 3 == 0 ? LockMode.Read : LockMode.Exclusive, cancellationToken: cancel.Token));
        await cancel.CancelAsync();
        foreach (var waiter in waiting) await Assert.ThatAsync(async () => await waiter.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(Waiters(), Is.Empty);
    }

    [Test]
    public async Task A_cancelled_run_does_not_start_and_leaves_the_lock_free()
    {
        var @lock = NewLock();
        var ran = false;
        var holder = await @lock.AcquireAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var run = @lock.RunExclusiveAsync(
            _ =>
            {
                ran = true;
                return Task.CompletedTask;
            },
            cancellationToken: cancel.Token);
        await Waiting.Until(() => Waiters().Count == 1, "the run waits");
        await cancel.CancelAsync();
        await Assert.ThatAsync(async () => await run.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await holder.DisposeAsync();
        Assert.That(ran, Is.False);
    }

    [Test]
    public async Task The_callers_token_reaches_the_delegate_that_runs()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = NewLock().RunExclusiveAsync(
            async ct =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            },
            cancellationToken: cancel.Token);
        await started.Task.Soon();
        await cancel.CancelAsync();
        await Assert.ThatAsync(async () => await run.Soon(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    [NonParallelizable]
    public void Cancellation_that_races_the_grant_has_exactly_one_outcome()
    {
        var (first, second, third) = (NewLock(), NewLock(), NewLock());
        var (granted, cancelled) = (0, 0);
        CancellationTokenSource cancel = null!;
        LockGuard holder = default;
        Task<LockGuard> waiting = null!;
        Race.Run(
            Harness.RaceRounds,
            prepare: _ =>
            {
                cancel = new CancellationTokenSource();
                holder = first.AcquireAsync().Soon().GetAwaiter().GetResult();
                waiting = Queue(second, cancellationToken: cancel.Token).GetAwaiter().GetResult();
            },
            first: () => holder.DisposeAsync().Soon().GetAwaiter().GetResult(),
            second: () => cancel.Cancel(),
            firstWon: round =>
            {
                var won = true;
                try
                {
                    var guard = waiting.Spin();
                    granted++;
                    if (!guard.IsHeld) Assert.Fail($"round {round}: granted, but not held");
                    guard.DisposeAsync().Soon().GetAwaiter().GetResult();
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                    won = false;
                }
                cancel.Dispose();
                third.AcquireAsync().AsTask().Spin().DisposeAsync().Soon().GetAwaiter().GetResult();
                return won;
            });
        TestContext.Out.WriteLine($"granted {granted}, cancelled {cancelled}");
        Assert.That(granted + cancelled, Is.EqualTo(Harness.RaceRounds));
    }
}
