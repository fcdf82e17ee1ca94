using GoGoScope.Testing;

namespace GoGoScope.Tests.Attacks;

/// <summary>A grant, and the end of the scope, or of a lease, at the same moment.</summary>
[NonParallelizable]
public sealed class GrantAtTheEndTests
{
    private const int Rounds = 20_000;

    [Test]
    public void Nobody_holds_anything_of_a_scope_that_has_ended([Values] bool permits, [Values] bool twice)
    {
        Scope scope = null!;
        Func<IAsyncDisposable?> take = null!;
        Func<IAsyncDisposable?, bool> isHeld = null!;
        IAsyncDisposable? guard = null;
        Race.Run(
            Rounds,
            prepare: _ =>
            {
                scope = Scope.Create();
                if (permits)
                {
                    var semaphore = scope.CreateSemaphore(2);
                    // The first permit is that of the shortest way.
                    if (twice) semaphore.AcquireAsync().AsTask().Spin();
                    take = () => semaphore.TryAcquireAsync().AsTask().Spin();
                    isHeld = taken => taken is SemaphoreGuard { IsHeld: true };
                }
                else
                {
                    var @lock = scope.CreateLock();
                    take = () => twice ? @lock.TryAcquireReadAsync().AsTask().Spin() : @lock.TryAcquireAsync().AsTask().Spin();
                    isHeld = taken => taken is LockGuard { IsHeld: true };
                }
            },
            first: () =>
            {
                guard = null;
                try
                {
                    guard = take();
                }
                catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
                {
                }
            },
            second: () => scope.DisposeAsync().AsTask().Wait(),
            firstWon: round =>
            {
                Assert.That(isHeld(guard), Is.False, $"round {round}");
                return guard is not null;
            });
    }

    [Test]
    public async Task A_lease_that_is_renewed_as_it_is_released_leaves_no_deadline()
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = new InMemoryLockProvider(), TimeProvider = time, AutoRenew = false, TimeToLive = TimeSpan.FromHours(1) });
        var guard = await @lock.AcquireAsync();
        var expiry = ((Hold)guard.Hold).Expiry!;
        await guard.DisposeAsync();
        // The end of a renewal that lost its time slice under way.
        expiry.Schedule();
        Assert.That(DeadlineQueue.For(time).Count, Is.Zero);
    }
}
