namespace GoGoScope.Testing;

/// <summary>Work that is run under a key: one after another, stopped by a failure or not, or only if nobody has the key.</summary>
/// <typeparam name="THarness">The provider under test.</typeparam>
public abstract class KeyedRunsContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private Scope _scope = null!;

    /// <summary>The scope through which the tests run things.</summary>
    [SetUp]
    public void MakeScope() => _scope = NewScope();

    /// <summary>Its end, before the look at what was left behind.</summary>
    [TearDown]
    public async Task EndScope() => await _scope.DisposeAsync();

    [Test]
    public async Task Runs_of_a_key_go_one_after_another()
    {
        var (inside, sum) = (0, 0);
        await Task.WhenAll(Enumerable.Range(1, 50).Select(number => _scope.RunExclusiveAsync(Key, async ct =>
        {
            Assert.That(Interlocked.Increment(ref inside), Is.EqualTo(1));
            await Task.Yield();
            sum += number;
            Interlocked.Decrement(ref inside);
        }))).Soon();
        Assert.That(sum, Is.EqualTo(50 * 51 / 2));
    }

    [Test]
    public async Task Results_that_look_like_nothing_are_kept()
    {
        Assert.That(await _scope.RunExclusiveAsync(Key, _ => Task.FromResult(0)).Soon(), Is.Zero);
        Assert.That(await _scope.RunExclusiveAsync(Key, _ => Task.FromResult<string?>(null)).Soon(), Is.Null);
        Assert.That(await _scope.RunExclusiveAsync(Key, (_, _) => ValueTask.FromResult(false)).Soon(), Is.False);
        Assert.That(await _scope.InvokeExclusiveAsync(Key, () => "").Soon(), Is.Empty);
        var run = await _scope.TryRunExclusiveAsync(Key, _ => Task.FromResult<string?>(null)).Soon();
        Assert.That((run.HasRun, run.Result), Is.EqualTo((true, (string?)null)));
    }

    [Test]
    public async Task By_default_the_next_one_runs_after_a_failure()
    {
        var (failing, fail) = await StartAsync(OnError.Continue);
        var next = await QueueAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(2)));
        fail.SetException(new InvalidDataException());
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<InvalidDataException>());
        Assert.That(await next.Soon(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_failure_stops_those_who_are_queued_and_tells_them_which()
    {
        var failure = new InvalidDataException("The disk is full.");
        var (failing, fail) = await StartAsync(OnError.Stop);
        var ran = 0;
        var queued = new List<Task<int>>();
        for (var i = 0; i < 3; i++) queued.Add(await QueueAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(Interlocked.Increment(ref ran)))));
        await using var another = NewScope();
        queued.Add(await QueueAsync(() => another.InvokeExclusiveAsync(Key, () => Interlocked.Increment(ref ran), OnError.Stop)));
        fail.SetException(failure);

        await Assert.ThatAsync(() => failing.Soon(), Throws.Exception.SameAs(failure));
        foreach (var one in queued)
        {
            var stopped = (await Assert.ThrowsAsync<ExclusiveRunStoppedException>(() => one.Soon()))!;
            Assert.That(stopped.InnerException, Is.SameAs(failure));
            Assert.That(stopped.Key, Is.EqualTo(Key));
            Assert.That(stopped.Message, Does.Contain(Key).And.Contain("The disk is full."));
        }
        Assert.That(ran, Is.Zero);
        Assert.That(await _scope.RunExclusiveAsync(Key, _ => Task.FromResult(7)).Soon(), Is.EqualTo(7), "the key is fresh");
    }

    [Test]
    public async Task Who_waits_for_the_key_in_another_way_is_not_stopped()
    {
        var (failing, fail) = await StartAsync(OnError.Stop);
        var waiting = await Queue(NewLock());
        fail.SetException(new InvalidDataException());
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<InvalidDataException>());
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Other_keys_are_not_stopped()
    {
        var (failing, fail) = await StartAsync(OnError.Stop);
        var other = Key + ":other";
        await using var held = await NewLock(other).AcquireAsync().Soon();
        var queued = await QueueAsync(() => _scope.RunExclusiveAsync(other, _ => Task.FromResult(1)), other);
        fail.SetException(new InvalidDataException());
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<InvalidDataException>());
        await held.DisposeAsync();
        Assert.That(await queued.Soon(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_run_that_was_cancelled_is_no_failure()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancelled = _scope.RunExclusiveAsync(Key, async ct =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        }, OnError.Stop, cancellationToken: cancel.Token);
        await started.Task.Soon();
        var next = await QueueAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(2)));
        await cancel.CancelAsync();
        var error = (await Assert.CatchAsync<OperationCanceledException>(() => cancelled.Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancel.Token));
        Assert.That(await next.Soon(), Is.EqualTo(2));
    }

    [Test]
    public async Task Who_gives_up_the_wait_runs_nothing_and_stops_nobody()
    {
        var (failing, fail) = await StartAsync(OnError.Continue);
        using var cancel = new CancellationTokenSource();
        var impatient = await QueueAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(1), OnError.Stop, cancellationToken: cancel.Token));
        var next = await QueueAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(2)));
        await cancel.CancelAsync();
        var error = (await Assert.CatchAsync<OperationCanceledException>(() => impatient.Soon()))!;
        Assert.That(error.CancellationToken, Is.EqualTo(cancel.Token));
        await Assert.ThatAsync(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(3), OnError.Stop, new AcquireOptions { Timeout = TimeSpan.Zero }).Soon(), Throws.TypeOf<LockTimeoutException>());
        fail.SetException(new InvalidDataException());
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<InvalidDataException>());
        Assert.That(await next.Soon(), Is.EqualTo(2));
    }

    [Test]
    public async Task The_end_of_the_scope_ends_the_waits_and_the_run()
    {
        await using var held = await NewLock().AcquireAsync().Soon();
        var scope = NewScope();
        var queued = await QueueAsync(() => scope.RunExclusiveAsync(Key, _ => Task.FromResult(1)));
        var running = scope.RunExclusiveAsync(Key + ":free", ct => Task.Delay(Timeout.Infinite, ct));
        scope.Cancel();
        await Assert.ThatAsync(() => queued.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await Assert.ThatAsync(() => running.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await scope.DisposeAsync().Soon();
        await Assert.ThatAsync(() => scope.RunExclusiveAsync(Key, _ => Task.CompletedTask), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Something_is_tried_only_while_nobody_has_the_key()
    {
        var (running, end) = await StartAsync(OnError.Continue);
        var ran = 0;
        Assert.That(await _scope.TryRunExclusiveAsync(Key, async _ => { ran++; }).Soon(), Is.False);
        var second = await _scope.TryRunExclusiveAsync(Key, (_, _) => ValueTask.FromResult(++ran)).Soon();
        Assert.That(second.HasRun, Is.False);
        Assert.That(() => second.Result, Throws.InvalidOperationException);
        Assert.That(ran, Is.Zero);
        end.SetResult();
        await running.Soon();
        Assert.That(await _scope.TryRunExclusiveAsync(Key, async (guard, _) => { ran += guard.IsHeld ? 1 : 0; }).Soon(), Is.True);
        Assert.That(ran, Is.EqualTo(1));
        await Assert.ThatAsync(() => _scope.TryRunExclusiveAsync(Key, _ => Task.FromException(new InvalidDataException())).Soon(), Throws.TypeOf<InvalidDataException>());
        await using var free = await NewLock().TryAcquireAsync().Soon();
        Assert.That(free, Is.Not.Null);
    }

    [Test]
    public async Task Something_is_tried_only_while_no_other_process_has_the_key()
    {
        Needs(LockCapability.SeveralProcesses);
        await using var other = Scope.Create(new ScopeOptions { LockProvider = Harness.AnotherProcess, TimeProvider = Harness.Time });
        var (running, end) = await StartAsync(OnError.Continue);
        Assert.That(await other.TryRunExclusiveAsync(Key, _ => Task.CompletedTask).Soon(), Is.False);
        end.SetResult();
        await running.Soon();
        Assert.That(await other.TryRunExclusiveAsync(Key, _ => Task.CompletedTask).Soon(), Is.True);
    }

    [Test]
    public async Task A_failure_stops_nobody_in_another_process()
    {
        Needs(LockCapability.SeveralProcesses);
        var process = Harness.AnotherProcess;
        await using var other = Scope.Create(new ScopeOptions { LockProvider = process, TimeProvider = Harness.Time });
        var (failing, fail) = await StartAsync(OnError.Stop);
        var queued = other.RunExclusiveAsync(Key, _ => Task.FromResult(1));
        await Waiting.Until(() => Waiters(provider: process).Count == 1, "the other process is queued");
        fail.SetException(new InvalidDataException());
        await Assert.ThatAsync(() => failing.Soon(), Throws.TypeOf<InvalidDataException>());
        Assert.That(await queued.Soon(), Is.EqualTo(1));
    }

    private Scope NewScope() => Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });

    /// <summary>A run that has the key until the source says how it ends.</summary>
    private async Task<(Task Running, TaskCompletionSource End)> StartAsync(OnError onError)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _scope.RunExclusiveAsync(Key, _ =>
        {
            started.SetResult();
            return end.Task;
        }, onError);
        await started.Task.Soon();
        return (running, end);
    }

    private async Task<Task<T>> QueueAsync<T>(Func<Task<T>> run, string? key = null)
    {
        var before = Waiters(key).Count;
        var queued = run();
        await Waiting.Until(() => queued.IsCompleted || Waiters(key).Count > before, "the run is queued");
        Assert.That(queued.IsCompleted, Is.False);
        return queued;
    }
}
