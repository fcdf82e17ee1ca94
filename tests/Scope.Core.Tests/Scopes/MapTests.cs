using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class MapTests
{
    [Test]
    public async Task Results_come_in_the_order_of_the_items([Values(0, 1, 15, 16, 17, 100, 5_000)] int count, [Values(1, 3, 64)] int maxConcurrency, [Values] bool counted, [Values] bool isAsync)
    {
        await using var s = Scope.Create();
        var source = counted ? Enumerable.Range(0, count).ToArray() : Enumerable.Range(0, count).Where(_ => true);
        async Task<int> Double(int item, CancellationToken ct)
        {
            if (item % 3 == 0) await Task.Yield();
            return item * 2;
        }
        var results = isAsync
            ? await s.MapAsync(Slowly(source), Double, maxConcurrency).Soon()
            : await s.MapAsync(source, Double, maxConcurrency).Soon();
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, count).Select(item => item * 2)));
    }

    [Test]
    public async Task The_limit_is_reached_and_not_exceeded([Values(1, 3, 8)] int limit)
    {
        var (running, most) = (0, 0);
        var gate = new object();
        var full = Signal();
        await using var s = Scope.Create();
        await s.MapAsync(Enumerable.Range(0, 200), async (item, ct) =>
        {
            lock (gate)
            {
                most = Math.Max(most, ++running);
                if (running == limit) full.TrySetResult();
            }
            await full.Task;
            await Task.Yield();
            lock (gate) running--;
            return item;
        }, limit).Soon();
        Assert.That(most, Is.EqualTo(limit));
    }

    [Test]
    public async Task A_failure_cancels_the_rest_and_is_thrown_as_itself()
    {
        var (started, taken) = (Signal(), 0);
        var s = Scope.Create();
        var error = await s.MapAsync(Enumerable.Range(0, 1000).Select(item => taken = item), async (item, ct) =>
        {
            if (item == 0) await Forever(started, ct);
            await started.Task;
            if (item == 1) throw new Boom();
            return item;
        }, 2).Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(taken, Is.LessThan(10));
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Failure), "a map that fails is a child that fails");
        Assert.That(await s.JoinAsync().Error(), Is.SameAs(error));
        await s.DisposeAsync();
    }

    [Test]
    public async Task Under_supervise_the_others_go_on_and_no_failure_is_lost()
    {
        var ran = 0;
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        var error = await s.MapAsync(Enumerable.Range(0, 100), (item, ct) =>
        {
            Interlocked.Increment(ref ran);
            return item % 10 == 0 ? Task.FromException<int>(new Boom($"{item}")) : Task.FromResult(item);
        }, 4).Error();
        Assert.That(ran, Is.EqualTo(100));
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(error!.GetSuppressed(), Has.Count.EqualTo(9));
    }

    [Test]
    public async Task A_source_that_fails_is_not_asked_again_and_is_disposed([Values] bool isAsync, [Values] FailurePolicy policy)
    {
        var (asked, disposed) = (0, 0);
        IEnumerable<int> Failing()
        {
            try
            {
                for (var i = 0; i < 5; i++) yield return i;
                asked++;
                throw new Boom();
            }
            finally
            {
                disposed++;
            }
        }
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = policy });
        var mapping = isAsync ? s.MapAsync(Slowly(Failing()), (item, _) => Task.FromResult(item), 3) : s.MapAsync(Failing(), (item, _) => Task.FromResult(item), 3);
        Assert.That(await mapping.Error(), Is.TypeOf<Boom>());
        Assert.That((asked, disposed), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task The_scopes_cancellation_ends_it()
    {
        var started = Signal();
        using var cancel = new CancellationTokenSource();
        var running = Scope.RunAsync(s => s.MapAsync(Enumerable.Range(0, 10), async (item, ct) =>
        {
            await Forever(started, ct);
            return item;
        }, 1), cancellationToken: cancel.Token);
        await started.Task.Soon();
        await cancel.CancelAsync();
        Assert.That(await running.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(cancel.Token));
    }

    [Test]
    public async Task A_map_inside_a_child_needs_no_slot()
    {
        var results = await Scope.RunAsync(s => s.Start(_ => s.MapAsync(Enumerable.Range(0, 3), (item, _) => ValueTask.FromResult(item), 2)).AsTask(), new ScopeOptions { MaxConcurrency = 1 }).Soon();
        Assert.That(results, Is.EqualTo([0, 1, 2]));
    }

    [Test]
    public async Task A_map_that_runs_is_seen_in_the_dump()
    {
        var started = Signal();
        await using var s = Scope.Create(new ScopeOptions { MaxConcurrency = 1 });
        var mapping = s.MapAsync([1], async (item, ct) => { await Forever(started, ct); return item; }, 1);
        await started.Task.Soon();
        Assert.That(s.Dump(), Does.Contain("running: 1").And.Contain("Scope \"map\""));
        s.Cancel();
        await mapping.Error();
    }

    [Test]
    public async Task Under_supervision_the_failure_of_a_map_is_its_callers_from_the_beginning()
    {
        for (var round = 0; round < 500; round++)
        {
            await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
            var mapping = s.MapAsync([1], Task<int> (_, _) => throw new Boom(), 1);
            Assert.That(await s.JoinAsync().Soon().Error(), Is.Null, $"round {round}");
            Assert.That(await mapping.Error(), Is.TypeOf<Boom>());
        }
    }

    [Test]
    public async Task Bad_input_is_refused_at_once()
    {
        await using var s = Scope.Create();
        Assert.That(() => s.MapAsync(Enumerable.Range(0, 3), (item, _) => Task.FromResult(item), 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => s.MapAsync((IEnumerable<int>)null!, (item, _) => Task.FromResult(item), 1), Throws.ArgumentNullException);
        Assert.That(() => s.MapAsync([1], (Func<int, CancellationToken, Task<int>>)null!, 1), Throws.ArgumentNullException);
        Assert.That(() => s.Map(Enumerable.Range(0, 3), (item, _) => Task.FromResult(item), -1), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => s.Map((IAsyncEnumerable<int>)null!, (item, _) => Task.FromResult(item), 1), Throws.ArgumentNullException);
    }

    internal static async IAsyncEnumerable<T> Slowly<T>(IEnumerable<T> source)
    {
        foreach (var item in source)
        {
            await Task.Yield();
            yield return item;
        }
    }
}
