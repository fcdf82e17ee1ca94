using GoGoScope.Testing;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class EndOfWaitTests
{
    [Test]
    public async Task A_wait_that_the_end_of_the_scope_ends_always_ends_in_the_same_way([Values] bool throughLock)
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var holder = await outside.AcquireLockAsync("k");
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 2_000; round++)
        {
            var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
            var wait = throughLock ? scope.CreateLock("k").AcquireAsync().AsTask() : scope.AcquireLockAsync("k").AsTask();
            await scope.DisposeAsync();
            var kind = (await wait.Error())!.GetType().Name;
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
        Assert.That(seen, Has.Count.EqualTo(1), string.Join(", ", seen));
    }

    [Test]
    [NonParallelizable]
    public async Task Who_sees_a_grant_as_the_scope_ends_has_it_or_hears_of_the_end([Values] bool isWatched)
    {
        var provider = new InMemoryLockProvider();
        using var caller = new CancellationTokenSource();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        Scope scope = null!;
        ValueTask<LockGuard> wait = default;
        var outcome = "";
        var seen = new Dictionary<string, int>();
        Race.Run(
            20_000,
            prepare: _ =>
            {
                var holder = outside.AcquireLockAsync("k").AsTask().Spin();
                scope = Scope.Create(new ScopeOptions { LockProvider = provider });
                wait = scope.AcquireLockAsync("k", isWatched ? caller.Token : CancellationToken.None);
                holder.DisposeAsync().Now();
                SpinWait.SpinUntil(() => wait.IsCompleted);
            },
            first: () =>
            {
                outcome = "granted";
                try
                {
                    wait.GetAwaiter().GetResult();
                }
                catch (Exception e)
                {
                    outcome = e is OperationCanceledException cancelled && cancelled.CancellationToken == scope.Token ? "ended" : e.ToString();
                }
                seen[outcome] = seen.GetValueOrDefault(outcome) + 1;
            },
            second: () => scope.DisposeAsync().AsTask().Wait(),
            firstWon: _ => outcome == "granted");
        Assert.That(seen.Keys, Is.SubsetOf(["granted", "ended"]), string.Join(", ", seen));
        TestContext.Out.WriteLine(string.Join(", ", seen));
    }

    [Test]
    public async Task A_grant_that_the_end_of_the_scope_took_back_before_its_caller_saw_it_is_no_success([Values] bool throughLock)
    {
        var provider = new InMemoryLockProvider();
        await using var outside = Scope.Create(new ScopeOptions { LockProvider = provider });
        var holder = await outside.AcquireLockAsync("k");
        var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        var wait = throughLock ? scope.CreateLock("k").AcquireAsync() : scope.AcquireLockAsync("k");
        await holder.DisposeAsync();
        SpinWait.SpinUntil(() => wait.IsCompleted);
        await scope.DisposeAsync();

        Assert.That(provider.EntryCount, Is.Zero);
        Assert.That(await wait.AsTask().Error(), Is.InstanceOf<OperationCanceledException>());
    }
}
