using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class SuperviseTests
{
    private static readonly ScopeOptions Supervise = new() { FailurePolicy = FailurePolicy.Supervise };

    [Test]
    public async Task A_failing_child_leaves_its_siblings_running_and_its_failure_is_thrown_at_the_end()
    {
        var siblingEnded = false;
        var error = await Scope.RunAsync(async s =>
        {
            var failing = s.Start(_ => Task.FromException(new Boom()));
            s.Run(async ct =>
            {
                // To await it would be to handle its failure.
                while (!failing.GetAwaiter().IsCompleted) await Task.Yield();
                ct.ThrowIfCancellationRequested();
                siblingEnded = true;
            });
            await Task.Yield();
        }, Supervise).Error();

        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(siblingEnded, Is.True);
    }

    [Test]
    public async Task A_failing_body_cancels_the_children()
    {
        var childCancelled = false;
        var error = await Scope.RunAsync(async s =>
        {
            var started = Signal();
            s.Run(async ct =>
            {
                try { await Forever(started, ct); }
                finally { childCancelled = ct.IsCancellationRequested; }
            });
            await started.Task;
            throw new Boom();
        }, Supervise).Error();

        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(childCancelled, Is.True);
    }

    [Test]
    public async Task Cancellation_from_outside_goes_through()
    {
        using var caller = new CancellationTokenSource();
        var started = Signal();
        var run = Scope.RunAsync(s =>
        {
            s.Run(ct => Forever(started, ct));
            return Task.CompletedTask;
        }, Supervise, caller.Token);

        await started.Task.Soon();
        await caller.CancelAsync();
        Assert.That(await run.Error(), Is.InstanceOf<OperationCanceledException>().With.Property("CancellationToken").EqualTo(caller.Token));
    }

    [Test]
    public async Task A_failure_that_was_awaited_is_handled()
    {
        var result = await Scope.RunAsync(async s =>
        {
            var child = s.Start<int>(async ct => throw new Boom());
            try { return await child; }
            catch (Boom) { return -1; }
        }, Supervise).Soon();

        Assert.That(result, Is.EqualTo(-1));
    }

    [Test]
    public async Task A_failure_that_was_taken_as_a_task_is_handled()
    {
        await Scope.RunAsync(async s => await Task.WhenAny(s.Start(_ => Task.FromException(new Boom())).AsTask()), Supervise).Soon();
    }

    [Test]
    public async Task A_failure_that_a_join_has_thrown_is_handled_and_all_others_with_it()
    {
        Exception? joined = null;
        await Scope.RunAsync(async s =>
        {
            s.Run(_ => throw new Boom());
            s.Run(_ => throw new Boom());
            joined = await s.JoinAsync().Error();
        }, Supervise).Soon();

        Assert.That(joined, Is.TypeOf<Boom>());
        Assert.That(joined!.GetSuppressed(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_failure_that_only_a_sibling_has_seen_comes_out_through_the_sibling()
    {
        var error = await Scope.RunAsync(async s =>
        {
            var first = s.Start(_ => Task.FromException(new Boom()));
            s.Run(async ct => await first);
            await Task.Yield();
        }, Supervise).Error();

        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(error!.GetSuppressed(), Is.Empty);
    }

    [Test]
    public async Task All_failures_of_many_are_reachable_in_order()
    {
        const int Count = 2000;
        var error = await Scope.RunAsync(async s =>
        {
            for (var i = 0; i < Count; i++) s.Run(_ => throw new Boom());
            await Task.Yield();
        }, Supervise).Error();

        Assert.That(error!.GetSuppressed(), Has.Count.EqualTo(Count - 1).And.None.SameAs(error));
    }

    [Test]
    public async Task Of_very_many_failures_the_first_and_the_last_are_kept_and_the_others_counted()
    {
        const int Count = 10_000;
        var scope = Scope.Create(Supervise);
        for (var i = 0; i < Count; i++) scope.CallbackFailed(new Boom($"{i}"));
        Assert.That(scope.Failures, Has.Count.LessThanOrEqualTo(FailureList.MostFirst + FailureList.MostLast));
        var first = await scope.JoinAsync().Error();
        Exception[] thrown = [first!, .. first!.GetSuppressed()];
        var gap = (ForgottenFailuresException)thrown[FailureList.MostFirst];
        Assert.That(thrown[..FailureList.MostFirst].Select(error => error.Message), Is.EqualTo(Numbers(0, FailureList.MostFirst)));
        Assert.That(thrown[(FailureList.MostFirst + 1)..].Select(error => error.Message), Is.EqualTo(Numbers(FailureList.MostFirst + (int)gap.Count, Count)));
        Assert.That(gap.Message, Does.EndWith(" failures that came here were not kept."));
        Assert.That(thrown, Has.Length.EqualTo(Count - gap.Count + 1));
        Assert.That(thrown, Has.Length.GreaterThan(FailureList.MostFirst + FailureList.MostLast / 2));

        scope.CallbackFailed(new Boom("late"));
        var late = await scope.DisposeAsync().Error();
        Assert.That((late?.Message, late?.GetSuppressed().Count), Is.EqualTo(("late", 0)), "what was thrown is handled, and so is the number");

        static IEnumerable<string> Numbers(int from, int to) => Enumerable.Range(from, to - from).Select(number => $"{number}");
    }

    [Test]
    public async Task A_long_life_keeps_no_failure_that_was_handled()
    {
        await using var scope = Scope.Create(Supervise);
        var (work, error) = await FailAsync(scope);
        for (var i = 0; i < 100; i++) await FailAsync(scope);
        Assert.That((await work.IsCollected(), await error.IsCollected()), Is.EqualTo((true, true)));

        static async Task<(WeakReference Work, WeakReference Error)> FailAsync(Scope scope)
        {
            var captured = new object();
            var error = await scope.Start(_ => Task.FromException(new Boom($"{captured}"))).AsTask().Error();
            return (new WeakReference(captured), new WeakReference(error));
        }
    }

    [Test]
    public async Task A_failure_that_is_kept_keeps_nothing_of_the_work()
    {
        var scope = Scope.Create(Supervise);
        var work = Fail(scope);
        while (scope.Failures.Count == 0) await Task.Yield();
        Assert.That(await work.IsCollected());
        Assert.That(await scope.DisposeAsync().Error(), Is.TypeOf<Boom>());

        static WeakReference Fail(Scope scope)
        {
            var captured = new object();
            scope.Run(_ => Task.FromException(new Boom($"{captured}")));
            return new WeakReference(captured);
        }
    }
}
