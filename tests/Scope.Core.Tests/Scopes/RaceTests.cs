using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class RaceTests
{
    [Test]
    public async Task The_first_success_wins_and_the_losers_have_ended()
    {
        var (started, ended) = (Signal(), 0);
        await using var s = Scope.Create();
        var won = await s.RaceAsync<int>(
            async ct =>
            {
                try { await Forever(started, ct); }
                finally { ended++; }
                return 1;
            },
            async ct =>
            {
                await started.Task;
                return 2;
            }).Soon();
        Assert.That((won, ended), Is.EqualTo((2, 1)));
        Assert.That(s.Reason, Is.Null);
        await s.JoinAsync().Soon();
    }

    [Test]
    public async Task What_losers_bring_in_spite_of_their_cancellation_is_disposed_before_anybody_hears_of_the_winner()
    {
        var (first, late, started) = (new Thing(), new Thing(), Signal());
        await using var s = Scope.Create();
        var won = await s.RaceAsync<Thing>(
            async ct =>
            {
                await Stubborn(started, ct);
                return late;
            },
            async _ =>
            {
                await started.Task;
                return first;
            }).Soon();
        Assert.That(won, Is.SameAs(first));
        Assert.That((first.Disposed, late.Disposed), Is.EqualTo((0, 1)));
    }

    [Test]
    public async Task What_two_losers_bring_is_disposed_once()
    {
        var (first, late, one, another) = (new Thing(), new Thing(), Signal(), Signal());
        await using var s = Scope.Create();
        Func<CancellationToken, ValueTask<Thing>> Loser(TaskCompletionSource started) => async ct =>
        {
            await Stubborn(started, ct);
            return late;
        };
        var won = await s.RaceAsync<Thing>(Loser(one), Loser(another), async _ =>
        {
            await Task.WhenAll(one.Task, another.Task);
            return first;
        }).Soon();
        Assert.That((won, first.Disposed, late.Disposed), Is.EqualTo((first, 0, 1)));
    }

    [Test]
    public async Task The_winner_is_kept_though_another_brings_the_same()
    {
        var (thing, both, started) = (new Thing(), Signal(), 0);
        Func<CancellationToken, ValueTask<Thing>> contender = async _ =>
        {
            if (Interlocked.Increment(ref started) == 2) both.SetResult();
            await both.Task;
            return thing;
        };
        await using var s = Scope.Create();
        await s.RaceAsync<Thing>(contender, contender).Soon();
        Assert.That((thing.Disposed, started), Is.EqualTo((0, 2)));
    }

    [Test]
    public async Task A_failure_that_was_made_up_for_is_none()
    {
        var won = await Scope.RunAsync(s => s.RaceAsync<int>(
            _ => throw new Boom(),
            async ct =>
            {
                await Task.Yield();
                return 3;
            })).Soon();
        Assert.That(won, Is.EqualTo(3));
    }

    [Test]
    public async Task If_all_fail_all_failures_are_told_in_order()
    {
        var last = Signal();
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        var error = await s.RaceAsync<int>(
            async ct =>
            {
                await last.Task;
                throw new Boom("first");
            },
            _ =>
            {
                last.SetResult();
                throw new Boom("second");
            },
            _ => Task.FromException<int>(new OperationCanceledException("a time-out of somebody else"))).Error();
        Assert.That(error, Is.TypeOf<AggregateException>());
        Assert.That(((AggregateException)error!).InnerExceptions.Select(inner => inner.Message), Is.EqualTo(["first", "second", "a time-out of somebody else"]));
        Assert.That(error.Message, Does.StartWith("None of the 3 contenders succeeded."));
    }

    [Test]
    public async Task A_lost_race_fails_the_scope_like_any_child()
    {
        var s = Scope.Create();
        s.Run(Forever);
        var error = await s.RaceAsync<int>(_ => throw new Boom()).Error();
        Assert.That(s.Reason!.Cause, Is.EqualTo(CancellationCause.Failure));
        Assert.That(await s.JoinAsync().Error(), Is.SameAs(error));
        await s.DisposeAsync();
    }

    [Test]
    public async Task The_scopes_cancellation_ends_the_race_and_disposes_what_was_brought()
    {
        var (thing, started, stubborn) = (new Thing(), Signal(), Signal());
        await using var s = Scope.Create();
        var race = s.RaceAsync<Thing>(
            async ct =>
            {
                await Forever(started, ct);
                return thing;
            },
            async ct =>
            {
                await Stubborn(stubborn, ct);
                return thing;
            });
        await started.Task.Soon();
        await stubborn.Task.Soon();
        s.Cancel();
        Assert.That(await race.Error(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(thing.Disposed, Is.EqualTo(1));
    }

    [Test]
    public async Task An_error_in_disposing_a_loser_is_thrown_and_the_winner_disposed()
    {
        var (first, started) = (new Thing(), Signal());
        await using var s = Scope.Create(new ScopeOptions { FailurePolicy = FailurePolicy.Supervise });
        var error = await s.RaceAsync<Thing>(
            async ct =>
            {
                await Stubborn(started, ct);
                return new Thing { Error = new Boom() };
            },
            async _ =>
            {
                await started.Task;
                return first;
            }).Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(first.Disposed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_race_needs_no_slot()
    {
        var won = await Scope.RunAsync(s => s.Start(_ => s.RaceAsync<int>(_ => Task.FromResult(1))).AsTask(), new ScopeOptions { MaxConcurrency = 1 }).Soon();
        Assert.That(won, Is.EqualTo(1));
    }

    [Test]
    public async Task Every_shape_of_contender_compiles()
    {
        async Task<int> Get(CancellationToken ct) { await Task.Yield(); return 1; }
        async ValueTask<int> GetValue(CancellationToken ct) { await Task.Yield(); return 1; }
        await using var s = Scope.Create();
        int a = await s.RaceAsync(ct => Get(ct), ct => Get(ct));
        int b = await s.RaceAsync(ct => GetValue(ct));
        int c = await s.RaceAsync(Get, Get);
        int d = await s.RaceAsync(async ct => { await Task.Yield(); return 1; });
        int e = await s.RaceAsync(new List<Func<CancellationToken, Task<int>>> { Get });
        int f = await s.RaceAsync(Enumerable.Range(0, 3).Select(i => (Func<CancellationToken, ValueTask<int>>)GetValue));
        Assert.That(a + b + c + d + e + f, Is.EqualTo(6));
    }

    [Test]
    public async Task A_race_of_nobody_is_refused()
    {
        await using var s = Scope.Create();
        Assert.That(() => s.RaceAsync<int>(), Throws.ArgumentException);
        Assert.That(() => s.RaceAsync<int>(_ => Task.FromResult(1), null!), Throws.ArgumentException);
        Assert.That(() => s.RaceAsync((IEnumerable<Func<CancellationToken, Task<int>>>)null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task Nothing_is_started_in_a_scope_that_was_cancelled_or_has_ended()
    {
        var s = Scope.Create();
        s.Cancel();
        var ran = false;
        Assert.That(await s.RaceAsync<int>(_ => { ran = true; return Task.FromResult(1); }).Error(), Is.InstanceOf<OperationCanceledException>());
        await s.DisposeAsync();
        Assert.That(await s.RaceAsync<int>(_ => { ran = true; return Task.FromResult(1); }).Error(), Is.TypeOf<ObjectDisposedException>());
        Assert.That(ran, Is.False);
    }

    /// <summary>Ends when it is cancelled, as if it had not been.</summary>
    private static async Task Stubborn(TaskCompletionSource started, CancellationToken ct)
    {
        try { await Forever(started, ct); }
        catch (OperationCanceledException) { }
    }

    private sealed class Thing : IAsyncDisposable
    {
        internal int Disposed;
        internal Exception? Error;

        public ValueTask DisposeAsync()
        {
            Disposed++;
            return Error is null ? default : ValueTask.FromException(Error);
        }
    }
}
