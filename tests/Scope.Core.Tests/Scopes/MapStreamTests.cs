using GoGoScope.Testing;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

/// <summary>The form of map for a reader who takes one result after the other.</summary>
[TestFixture]
public sealed class MapStreamTests
{
    [Test]
    public async Task Results_come_in_order([Values(0, 1, 100)] int count, [Values(1, 4)] int maxConcurrency, [Values] bool isAsync)
    {
        await using var s = Scope.Create();
        var source = Enumerable.Range(0, count);
        async Task<int> Double(int item, CancellationToken ct)
        {
            if (item % 3 == 0) await Task.Yield();
            return item * 2;
        }
        var stream = isAsync ? s.Map(MapTests.Slowly(source), Double, maxConcurrency) : s.Map(source, Double, maxConcurrency);
        Assert.That(await ToList(stream).Soon(), Is.EqualTo(source.Select(item => item * 2)));
        Assert.That(await ToList(stream).Soon(), Has.Count.EqualTo(count), "it can be read again");
    }

    [Test]
    public async Task A_result_is_there_before_the_next_item_is()
    {
        var next = Signal();
        async IAsyncEnumerable<int> Source()
        {
            yield return 1;
            await next.Task;
            yield return 2;
        }
        await using var s = Scope.Create();
        await using var reading = s.Map(Source(), (item, _) => Task.FromResult(item), 4).GetAsyncEnumerator();
        Assert.That(await reading.MoveNextAsync().AsTask().Soon());
        Assert.That(reading.Current, Is.EqualTo(1));
        next.SetResult();
        Assert.That(await reading.MoveNextAsync().AsTask().Soon());
    }

    [Test]
    public async Task A_slow_reader_slows_the_work_down()
    {
        var begun = 0;
        await using var s = Scope.Create();
        await using var reading = s.Map(Enumerable.Range(0, 100), (item, _) => Task.FromResult(Interlocked.Increment(ref begun)), 3).GetAsyncEnumerator();
        await reading.MoveNextAsync().AsTask().Soon();
        await GoGoScope.Testing.Waiting.Until(() => Volatile.Read(ref begun) >= 3, "it works ahead");
        await reading.MoveNextAsync().AsTask().Soon();
        // Two were read, and three may be done and unread.
        Assert.That(Volatile.Read(ref begun), Is.LessThanOrEqualTo(5));
    }

    [Test]
    public async Task An_early_end_of_the_reading_cancels_the_rest_and_waits_for_it()
    {
        var (started, ended) = (Signal(), false);
        await using var s = Scope.Create();
        await foreach (var item in s.Map(Enumerable.Range(0, 10), async (item, ct) =>
        {
            if (item == 0) return item;
            if (item == 1)
            {
                try { await Forever(started, ct); }
                finally { ended = true; }
            }
            await Forever(ct);
            return item;
        }, 3))
        {
            await started.Task.Soon();
            break;
        }
        Assert.That(ended);
        Assert.That(s.Reason, Is.Null);
    }

    [Test]
    public async Task The_reader_gets_the_failure_and_not_the_cancellation_that_came_of_it()
    {
        var started = Signal();
        await using var s = Scope.Create();
        var error = await ToList(s.Map<int, int>(Enumerable.Range(0, 3), async (item, ct) =>
        {
            if (item == 0) await Forever(started, ct);
            await started.Task;
            throw new Boom($"{item}");
        }, 2)).Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(s.Reason, Is.Null, "it is the reader's to handle");
    }

    [Test]
    public async Task Under_supervise_what_is_before_a_failure_is_read_first()
    {
        var read = new List<int>();
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        var failed = Signal();
        async Task Read()
        {
            await foreach (var item in s.Map(Enumerable.Range(0, 3), async (item, ct) =>
            {
                if (item == 2)
                {
                    failed.SetResult();
                    throw new Boom();
                }
                await failed.Task;
                return item;
            }, 3)) read.Add(item);
        }
        Assert.That(await Read().Error(), Is.TypeOf<Boom>());
        Assert.That(read, Is.EqualTo([0, 1]));
    }

    [Test]
    public async Task A_source_that_fails_fails_the_reader([Values] FailurePolicy policy)
    {
        static IEnumerable<int> Failing()
        {
            yield return 1;
            throw new Boom();
        }
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = policy });
        Assert.That(await ToList(s.Map(Failing(), (item, _) => Task.FromResult(item), 2)).Error(), Is.TypeOf<Boom>());
    }

    [Test]
    public async Task The_readers_token_and_the_scope_end_it([Values] bool byScope)
    {
        var started = Signal();
        using var cancel = new CancellationTokenSource();
        await using var s = Scope.Create();
        async Task Read()
        {
            await foreach (var item in s.Map([1], async (item, ct) => { await Forever(started, ct); return item; }, 1).WithCancellation(cancel.Token)) { }
        }
        var reading = Read();
        await started.Task.Soon();
        if (byScope) s.Cancel();
        else await cancel.CancelAsync();
        Assert.That(await reading.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(byScope ? s.Token : cancel.Token));
    }

    [Test]
    public async Task The_readers_token_and_the_scope_end_it_also_when_all_the_work_is_done([Values] bool byScope)
    {
        using var cancel = new CancellationTokenSource();
        await using var s = Scope.Create();
        async Task Read()
        {
            await foreach (var item in s.Map([1], (item, _) => Task.FromResult(item), 1).WithCancellation(cancel.Token))
            {
                await Waiting.Until(() => !s.Dump().Contains("running", StringComparison.Ordinal), "no child of the mapping is left");
                if (byScope) s.Cancel();
                else await cancel.CancelAsync();
            }
        }
        Assert.That(await Read().Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(byScope ? s.Token : cancel.Token));
    }

    [Test]
    public async Task In_a_scope_that_was_cancelled_nothing_is_read()
    {
        await using var s = Scope.Create();
        s.Cancel();
        Assert.That(await ToList(s.Map([1], (item, _) => Task.FromResult(item), 1)).Error(), Is.InstanceOf<OperationCanceledException>());
    }

    private static async Task<List<T>> ToList<T>(IAsyncEnumerable<T> source)
    {
        var items = new List<T>();
        await foreach (var item in source) items.Add(item);
        return items;
    }
}
