using GoGoScope.Testing;

namespace GoGoScope.Tests.Attacks;

/// <summary>The short way to permits looks before it is sure of anything: what has changed by then counts.</summary>
[NonParallelizable]
public sealed class ShortPermitTests
{
    private const int Rounds = 100_000;

    [Test]
    public void Nobody_takes_it_when_it_has_been_closed()
    {
        var entry = new LockEntry(permits: 2, LockOptions.Default, scope: null, owner: null!);
        var (hold, token) = entry.TryTakePermits(1);
        entry.Release(hold!, token);
        entry.EndShortWay();
        Assert.That(entry.TryTakePermits(1).Hold, Is.Null);
    }

    [Test]
    public void The_last_permit_is_taken_by_one()
    {
        var entry = new LockEntry(permits: 3, LockOptions.Default, scope: null, owner: null!);
        (Hold? Hold, long Token) first = default, second = default;
        // Three holds have been made, and two lie idle while there is one permit left: that there are holds is no bound.
        foreach (var taken in new[] { Take(entry), Take(entry), Take(entry) }) entry.Release(taken.Hold!, taken.Token);
        var kept = entry.TryTakePermits(2);
        Race.Run(
            Rounds,
            prepare: _ => (first, second) = (default, default),
            first: () => first = entry.TryTakePermits(1),
            second: () => second = entry.TryTakePermits(1),
            firstWon: round =>
            {
                Assert.That(first.Hold is null || second.Hold is null, $"round {round}: both have the last one");
                Assert.That(entry.FreePermits, Is.GreaterThanOrEqualTo(0));
                foreach (var taken in new[] { first, second })
                {
                    if (taken.Hold is not null) entry.Release(taken.Hold, taken.Token);
                }
                return first.Hold is not null;
            });
        entry.Release(kept.Hold!, kept.Token);
        Assert.That(entry.FreePermits, Is.EqualTo(3));
    }

    /// <summary>By the long way if there is no hold yet.</summary>
    private static (Hold? Hold, long Token) Take(LockEntry entry)
    {
        var taken = entry.TryTakePermits(1);
        if (taken.Hold is not null) return taken;
        var request = new LockRequest { Key = "", Mode = LockMode.Permits, Weight = 1, Permits = 3, Timeout = Timeout.InfiniteTimeSpan, Options = LockOptions.Default };
        var answer = entry.Acquire(in request, answersNull: false, CancellationToken.None).ToSemaphoreTask().AsTask().Result;
        return ((Hold)answer.AsLockGuard().Hold, answer.GrantId);
    }
}
