using System.Threading.RateLimiting;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Interlocking;

/// <summary>docs/recipes/rate-limiting.md: a lease of a limiter that a scope owns.</summary>
public sealed class RateLimiterTests
{
    [Test]
    public async Task A_permit_that_the_scope_owns_is_given_back_when_its_children_have_ended()
    {
        await using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 });
        var (free, begun) = (new List<long>(), TestTools.Signal());
        async Task CallAsync()
        {
            await using var s = Scope.Create();
            s.Own(await limiter.AcquireAsync(1, s.Token));
            s.Run(async ct =>
            {
                try { await TestTools.Forever(begun, ct); }
                finally
                {
                    // Who does not wait for this gives it back meanwhile.
                    for (var i = 0; i < 1_000; i++) await Task.Yield();
                    free.Add(limiter.GetStatistics()!.CurrentAvailablePermits);
                }
            });
            await begun.Task.Soon();
            throw new Boom();
        }
        Assert.That(await CallAsync().Error(), Is.TypeOf<Boom>());
        free.Add(limiter.GetStatistics()!.CurrentAvailablePermits);
        Assert.That(free, Is.EqualTo(new long[] { 0, 1 }), "at the end of the child, and of the scope");
    }

    [Test]
    public async Task A_wait_for_a_permit_ends_with_the_scope()
    {
        await using var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = 1, QueueLimit = 1 });
        using var taken = await limiter.AcquireAsync();
        await using var s = Scope.Create();
        var waiting = limiter.AcquireAsync(1, s.Token).AsTask();
        s.Cancel();
        Assert.That(await waiting.Error(), Is.InstanceOf<OperationCanceledException>());
        Assert.That(limiter.GetStatistics()!.CurrentQueuedCount, Is.Zero);
    }
}
