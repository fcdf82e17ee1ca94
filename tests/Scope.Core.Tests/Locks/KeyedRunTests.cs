using GoGoScope.Tests.Scopes;
using static GoGoScope.Tests.Scopes.TestTools;
using Waiting = GoGoScope.Testing.Waiting;

namespace GoGoScope.Tests.Locks;

/// <summary>Runs under a key: what the contract of providers does not ask.</summary>
public sealed class KeyedRunTests
{
    private const string Key = "orders";

    private readonly InMemoryLockProvider _provider = new();
    private Scope _scope = null!;

    [SetUp]
    public void Start() => _scope = Scope.Create(new ScopeOptions { LockProvider = _provider });

    [TearDown]
    public async Task NothingIsLeft()
    {
        await _scope.DisposeAsync();
        Assert.That(RunLines.Of(_provider).Count, Is.Zero, "lines that are kept");
        Assert.That(_provider.EntryCount, Is.Zero);
    }

    [Test]
    public async Task Every_shape_of_delegate_is_run_to_its_end()
    {
        var sum = 0;
        async Task Add(CancellationToken ct) { await Task.Yield(); sum++; }
        async ValueTask AddValue(CancellationToken ct) { await Task.Yield(); sum++; }
        async Task AddGuarded(LockGuard guard, CancellationToken ct) { await Task.Yield(); sum += guard.IsHeld ? 1 : 0; }
        await _scope.RunExclusiveAsync(Key, Add);
        await _scope.RunExclusiveAsync(Key, AddValue);
        await _scope.RunExclusiveAsync(Key, AddGuarded);
        await _scope.RunExclusiveAsync(Key, ct => Add(ct), OnError.Stop);
        await _scope.RunExclusiveAsync(Key, ct => AddValue(ct), OnError.Stop);
        await _scope.RunExclusiveAsync(Key, async ct => { await Add(ct); }, options: new AcquireOptions { Priority = 1 });
        await _scope.RunExclusiveAsync(Key, async (guard, ct) => { await AddGuarded(guard, ct); }, timeToLive: TimeSpan.FromSeconds(1));
        Assert.That(sum, Is.EqualTo(7));
        int got = await _scope.RunExclusiveAsync(Key, async ct => { await Add(ct); return sum; });
        int gotValue = await _scope.RunExclusiveAsync(Key, ct => ValueTask.FromResult(++sum));
        int gotGuarded = await _scope.RunExclusiveAsync(Key, async (guard, ct) => { await Task.Yield(); return ++sum; });
        await _scope.InvokeExclusiveAsync(Key, () => { sum++; });
        int gotInvoked = await _scope.InvokeExclusiveAsync(Key, () => ++sum);
        Assert.That((got, gotValue, gotGuarded, gotInvoked), Is.EqualTo((8, 9, 10, 12)));
        bool tried = await _scope.TryRunExclusiveAsync(Key, Add);
        bool triedValue = await _scope.TryRunExclusiveAsync(Key, async ct => { await AddValue(ct); });
        TryRunResult<int> triedFor = await _scope.TryRunExclusiveAsync(Key, async (_, ct) => { await Add(ct); return sum; });
        Assert.That((tried, triedValue, triedFor.Result), Is.EqualTo((true, true, 15)));
        Assert.That($"{triedFor}, {default(TryRunResult<int>)}", Is.EqualTo("run: 15, not run"));
    }

    [Test]
    public async Task Who_is_done_does_not_keep_the_key_for_what_its_cancelled_token_tells()
    {
        using var told = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var started = Signal();
        var running = _scope.RunExclusiveAsync(Key, async ct =>
        {
            ct.Register(() => { told.Set(); gate.Wait(Waiting.HangLimit); });
            started.SetResult();
            await Task.Run(told.Wait, CancellationToken.None);
        }, cancellationToken: cancel.Token);
        await started.Task.Soon();
        var cancelling = cancel.CancelAsync();
        await running.Soon();
        await using (await _scope.TryAcquireLockAsync(Key) ?? throw new AssertionException("the key is held"))
            Assert.That(cancelling.IsCompleted, Is.False);
        gate.Set();
        await cancelling.Soon();
    }

    [Test]
    public async Task Bad_input_is_refused_at_once()
    {
        Assert.That(() => _scope.RunExclusiveAsync(" ", _ => Task.CompletedTask), Throws.ArgumentException);
        Assert.That(() => _scope.RunExclusiveAsync(Key, (Func<CancellationToken, Task>)null!), Throws.ArgumentNullException);
        Assert.That(() => _scope.RunExclusiveAsync(Key, _ => Task.CompletedTask, (OnError)7), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _scope.RunExclusiveAsync(Key, _ => Task.CompletedTask, timeToLive: TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _scope.TryRunExclusiveAsync("", _ => Task.CompletedTask), Throws.ArgumentException);
        Assert.That(() => _scope.TryRunExclusiveAsync(Key, _ => Task.CompletedTask, TimeSpan.Zero), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _scope.InvokeExclusiveAsync(Key, () => Task.CompletedTask), Throws.ArgumentException);
        await Assert.ThatAsync(() => _scope.InvokeExclusiveAsync(Key, object () => Task.CompletedTask), Throws.InvalidOperationException);
    }

    [Test]
    public async Task The_timeout_of_something_else_stops_those_who_are_queued()
    {
        var (failing, fail) = await StartAsync();
        var queued = await QueueAsync();
        fail.SetException(new TaskCanceledException("HttpClient", new TimeoutException()));
        Assert.That(await failing.Error(), Is.TypeOf<TaskCanceledException>());
        Assert.That(await queued.Error(), Is.TypeOf<ExclusiveRunStoppedException>());
    }

    [Test]
    public async Task A_cancellation_that_nobody_asked_for_stops_those_who_are_queued()
    {
        var (failing, fail) = await StartAsync();
        var queued = await QueueAsync();
        fail.SetException(new OperationCanceledException());
        Assert.That(await failing.Error(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(await queued.Error(), Is.TypeOf<ExclusiveRunStoppedException>());
    }

    [Test]
    public async Task A_lost_lease_stops_those_who_are_queued()
    {
        var (failing, fail) = await StartAsync();
        var queued = await QueueAsync();
        fail.SetException(new LeaseLostException("gone"));
        Assert.That(await failing.Error(), Is.TypeOf<LeaseLostException>());
        Assert.That(await queued.Error(), Is.TypeOf<ExclusiveRunStoppedException>());
    }

    [Test]
    public async Task Who_is_cancelled_and_stopped_at_once_has_one_outcome_and_leaves_nothing()
    {
        for (var round = 0; round < 500; round++)
        {
            var (failing, fail) = await StartAsync();
            using var cancel = new CancellationTokenSource();
            var ran = false;
            var queued = _scope.RunExclusiveAsync(Key, _ => { ran = true; return Task.CompletedTask; }, cancellationToken: cancel.Token);
            var cancelling = Task.Run(cancel.Cancel);
            fail.SetException(new Boom());
            await cancelling;
            Assert.That(await failing.Error(), Is.TypeOf<Boom>());
            var error = await queued.Error();
            if (error is OperationCanceledException cancelled) Assert.That(cancelled.CancellationToken, Is.EqualTo(cancel.Token));
            else Assert.That(error, Is.TypeOf<ExclusiveRunStoppedException>());
            Assert.That(ran, Is.False);
        }
    }

    [Test]
    public async Task Runs_that_come_while_others_are_stopped_are_stopped_or_run()
    {
        for (var round = 0; round < 500; round++)
        {
            var (failing, fail) = await StartAsync();
            var coming = Task.Run(() => _scope.RunExclusiveAsync(Key, _ => Task.FromResult(1)));
            fail.SetException(new Boom());
            Assert.That(await failing.Error(), Is.TypeOf<Boom>());
            Assert.That(await coming.Error(), Is.Null.Or.TypeOf<ExclusiveRunStoppedException>());
        }
    }

    [Test]
    public async Task A_failing_run_stops_only_those_of_its_own_provider()
    {
        await using var other = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        await using var held = await other.AcquireLockAsync(Key);
        var queued = other.RunExclusiveAsync(Key, _ => Task.FromResult(1));
        var (failing, fail) = await StartAsync();
        fail.SetException(new Boom());
        Assert.That(await failing.Error(), Is.TypeOf<Boom>());
        await held.DisposeAsync();
        Assert.That(await queued.Soon(), Is.EqualTo(1));
    }

    [Test]
    public void A_granted_run_of_a_stopped_line_does_not_begin()
    {
        var lines = new RunLines();
        var (first, second) = (lines.Join(Key), lines.Join(Key));
        Assert.That(second, Is.SameAs(first));
        Assert.That(lines.TryLeave(Key, first));
        lines.StopAsync(Key, new Boom());
        Assert.That(lines.TryLeave(Key, second), Is.False);
        Assert.That(second.Failure, Is.TypeOf<Boom>());
        var later = lines.Join(Key);
        Assert.That(later, Is.Not.SameAs(first));
        Assert.That(lines.TryLeave(Key, later));
        Assert.That(lines.Count, Is.Zero);
    }

    private async Task<(Task Running, TaskCompletionSource End)> StartAsync()
    {
        var (started, end) = (Signal(), Signal());
        var running = _scope.RunExclusiveAsync(Key, _ =>
        {
            started.SetResult();
            return end.Task;
        }, OnError.Stop);
        await started.Task.Soon();
        return (running, end);
    }

    private async Task<Task> QueueAsync()
    {
        var queued = _scope.RunExclusiveAsync(Key, _ => Task.CompletedTask);
        await GoGoScope.Testing.Waiting.Until(() => _provider.Snapshot().Single().Waiters.Count == 1, "it is queued");
        return queued;
    }
}
