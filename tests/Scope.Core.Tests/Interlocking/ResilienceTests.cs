using GoGoScope.Tests.Scopes;
using Polly;
using Polly.Retry;

namespace GoGoScope.Tests.Interlocking;

/// <summary>docs/recipes/resilience.md: work in a scope inside a pipeline, and the other way round.</summary>
public sealed class ResilienceTests
{
    private static readonly ResiliencePipeline Retry = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.Zero, ShouldHandle = new PredicateBuilder().Handle<Boom>() })
        .Build();

    [Test]
    public async Task An_attempt_that_failed_has_ended_its_children_and_released_its_key_before_the_next()
    {
        var (provider, before) = (new InMemoryLockProvider(), new List<(int Running, int Keys)>());
        var (begun, running) = (0, 0);
        await Retry.ExecuteAsync(ct => new ValueTask(Scope.RunAsync(async s =>
        {
            before.Add((running, provider.Snapshot().Count));
            var started = TestTools.Signal();
            s.Run(async child =>
            {
                Interlocked.Increment(ref begun);
                Interlocked.Increment(ref running);
                // Not at once, when it is cancelled: what did not wait for it would see that it runs.
                try { await TestTools.Forever(started, child); }
                catch (OperationCanceledException) { await Task.Yield(); }
                finally { Interlocked.Decrement(ref running); }
            });
            await started.Task.Soon();
            await s.RunExclusiveAsync("account", _ => before.Count < 3 ? throw new Boom() : Task.CompletedTask);
            s.Cancel();
        }, new ScopeOptions { LockProvider = provider }, ct)));
        Assert.That(before, Is.EqualTo([(0, 0), (0, 0), (0, 0)]), "what ran and was held when an attempt began");
        Assert.That((begun, running), Is.EqualTo((3, 0)));
    }

    [Test]
    public async Task Any_wrapper_of_a_function_fits()
    {
        async ValueTask Twice(Func<CancellationToken, ValueTask> work, CancellationToken ct)
        {
            await work(ct);
            await work(ct);
        }
        var runs = 0;
        await using var s = Scope.Create();
        await Twice(async ct => await s.RunExclusiveAsync("key", async _ => { runs++; }, cancellationToken: ct), s.Token);
        Assert.That(runs, Is.EqualTo(2));
    }

    [Test]
    public async Task The_scopes_cancellation_ends_the_pipeline()
    {
        var started = TestTools.Signal();
        await using var s = Scope.Create();
        var running = Retry.ExecuteAsync(async ct => await s.RunExclusiveAsync("pipeline", inner => TestTools.Forever(started, inner), cancellationToken: ct), s.Token).AsTask();
        await started.Task.Soon();
        s.Cancel();
        Assert.That(await running.Error(), Is.InstanceOf<OperationCanceledException>());
    }
}
