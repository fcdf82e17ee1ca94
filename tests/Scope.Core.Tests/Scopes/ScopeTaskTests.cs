using System.Runtime.CompilerServices;
using GoGoScope.Tests.Run;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class ScopeTaskTests
{
    [Test]
    public async Task Can_be_awaited_any_number_of_times_by_anyone()
    {
        await using var s = Scope.Create();
        var release = Signal();
        var task = s.Start(async ct => { await release.Task; return 9; });
        var waiters = Enumerable.Range(0, 5).Select(_ => Task.Run(async () => await task)).ToArray();
        release.SetResult();

        Assert.That(await Task.WhenAll(waiters).Soon(), Is.All.EqualTo(9));
        Assert.That(await task, Is.EqualTo(9));
        Assert.That(await task.ConfigureAwait(false), Is.EqualTo(9));
        var asTask = task.AsTask();
        Assert.That(asTask, Is.SameAs(task.AsTask()));
    }

    [Test]
    public async Task Goes_on_where_it_was_told_to()
    {
        await using var s = Scope.Create();
        var context = new CountingContext();
        var release = Signal();
        var work = s.Start(_ => release.Task);
        var result = s.Start(async _ => { await release.Task; return 1; });

        var waiting = context.Run(async () =>
        {
            await work;
            await result;
        });
        var elsewhere = context.Run(async () =>
        {
            await work.ConfigureAwait(false);
            await result.ConfigureAwait(false);
        });
        release.SetResult();
        await waiting.Soon();
        await elsewhere.Soon();
        Assert.That(context.Posts, Is.InRange(1, 2), "Once per await of the first that had to wait.");
    }

    [Test]
    public async Task The_scopes_cancellation_cancels_it()
    {
        await using var s = Scope.Create();
        var started = Signal();
        var task = s.Start(ct => Forever(started, ct));
        await started.Task.Soon();
        s.Cancel();
        var error = await task.AsTask().Error();
        Assert.That(error, Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(s.Token));
        Assert.That(task.AsTask().IsCanceled, Is.True);
        Assert.That(s.Failures, Is.Empty);
    }

    [Test]
    public async Task A_failure_keeps_its_type_and_its_stack()
    {
        await using var s = Scope.Create();
        var task = s.Start(Fail);
        var error = await task.AsTask().Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(error!.StackTrace, Does.Contain(nameof(Fail)));

        static async Task Fail(CancellationToken ct)
        {
            await Task.Yield();
            throw new Boom();
        }
    }

    [Test]
    [NonParallelizable]
    public async Task Failures_that_nobody_awaits_are_never_reported_as_unobserved_tasks()
    {
        using var unobserved = new UnobservedErrors($"{nameof(Boom)}: {nameof(ScopeTaskTests)}");
        var scope = await FailInManyWays();
        Assert.That(await scope.IsCollected(), Is.True);
        Assert.That(unobserved.CountNow(), Is.Zero);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> FailInManyWays()
    {
        var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        _ = s.Start(_ => Task.FromException(new Boom(nameof(ScopeTaskTests))));
        _ = s.Start(async _ => { await Task.Yield(); throw new Boom(nameof(ScopeTaskTests)); });
        _ = s.Start<int>(async _ => { await Task.Yield(); throw new Boom(nameof(ScopeTaskTests)); });
        _ = s.Start<int>(_ => throw new Boom(nameof(ScopeTaskTests))).AsTask();
        s.Run(_ => throw new Boom(nameof(ScopeTaskTests)));
        _ = s.RaceAsync(Task<int> (_) => throw new Boom(nameof(ScopeTaskTests)));
        _ = s.MapAsync([1], Task<int> (_, _) => throw new Boom(nameof(ScopeTaskTests)), 1);
        s.Token.Register(() => throw new Boom(nameof(ScopeTaskTests)));
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>());
        Assert.That(await s.DisposeAsync().Error(), Is.TypeOf<Boom>(), "The callback's.");
        return new WeakReference(s);
    }

    private sealed class CountingContext : SynchronizationContext
    {
        internal int Posts;

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref Posts);
            ThreadPool.QueueUserWorkItem(_ => d(state));
        }

        internal Task Run(Func<Task> work)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try { return work(); }
            finally { SetSynchronizationContext(before); }
        }
    }
}
