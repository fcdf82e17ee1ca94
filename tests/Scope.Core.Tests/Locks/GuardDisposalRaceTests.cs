using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>Two threads dispose one guard at the same moment. Alone, so that both have a processor.</summary>
[NonParallelizable]
public sealed class GuardDisposalRaceTests
{
    [Test]
    public async Task Concurrent_disposal_of_copies_releases_one_grant([Values] bool keyed)
    {
        var @lock = keyed ? Locks.Keyed("concurrent") : Locks.New();
        LockGuard guard = default;
        var inside = 0;
        var firstToRelease = 0;
        Race.Run(
            20_000,
            prepare: _ => guard = @lock.AcquireAsync().Soon().GetAwaiter().GetResult(),
            first: () => Enter(1),
            second: () => Enter(2),
            firstWon: _ =>
            {
                if (guard.IsHeld) throw new InvalidOperationException("nobody released it");
                return firstToRelease == 1;
            });
        Assert.That(inside, Is.Zero);
        await using var last = await @lock.TryAcquireAsync();
        Assert.That(last, Is.Not.Null);

        // Both release the same guard; whoever gets in then must be alone, although the other's release comes late.
        void Enter(int who)
        {
            var copy = guard;
            if (copy.IsHeld) firstToRelease = who;
            copy.DisposeAsync().Now();
            if (@lock.TryAcquireAsync().Now() is not { } mine) return;
            if (Interlocked.Increment(ref inside) != 1) throw new InvalidOperationException("two are inside");
            copy.DisposeAsync().Now();
            if (!mine.IsHeld) throw new InvalidOperationException("a stale copy released somebody else's hold");
            Interlocked.Decrement(ref inside);
            mine.DisposeAsync().Now();
        }
    }
}
