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
        var (provider, attempts, running) = (new InMemoryLockProvider(), 0, 0);
        await Retry.ExecuteAsync(ct => new ValueTask(Scope.RunAsync(async s =>
        {
            Assert.That(running, Is.Zero);
            s.Run(async child =>
            {
                Interlocked.Increment(ref running);
                try { await TestTools.Forever(child); }
                finally { Interlocked.Decrement(ref running); }
            });
            await s.RunExclusiveAsync("account", _ => ++attempts < 3 ? throw new Boom() : Task.CompletedTask);
            s.Cancel();
        }, new ScopeOptions { LockProvider = provider }, ct)));
        Assert.That((attempts, running), Is.EqualTo((3, 0)));
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
