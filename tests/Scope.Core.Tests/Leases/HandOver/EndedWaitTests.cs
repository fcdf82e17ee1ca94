using GoGoScope.Tests.Locks;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What is over leaves nothing that could still call back.</summary>
public sealed class EndedWaitTests : HandOverFixture
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    public enum Ending
    {
        Grant,
        Cancellation,
        Timeout,
    }

    [Test]
    public async Task However_a_wait_ends_it_leaves_no_deadline_and_no_registration([Values] Ending end)
    {
        using var caller = new CancellationTokenSource();
        var @lock = LockOf(Here, new LockOptions { TimeProvider = Time });
        var (holder, before) = (await Take(There), (Deadlines: 0, Registrations: 0));
        for (var i = 0; i < 50; i++)
        {
            using var cancel = new CancellationTokenSource();
            var token = end == Ending.Cancellation ? cancel.Token : caller.Token;
            var waiting = @lock.AcquireAsync(Moment, token).AsTask();
            await QuietAsync();
            Assert.That((waiting.IsCompleted, Registrations.Of(token)), Is.EqualTo((false, 1)));
            switch (end)
            {
                case Ending.Grant:
                    await ReleaseAsync(holder);
                    await ReleaseAsync(await waiting);
                    holder = await Take(There);
                    break;
                case Ending.Cancellation:
                    await cancel.CancelAsync();
                    await Assert.ThatAsync(() => waiting, Throws.InstanceOf<OperationCanceledException>());
                    break;
                default:
                    await PassAsync(Moment);
                    await Assert.ThatAsync(() => waiting, Throws.TypeOf<LockTimeoutException>());
                    break;
            }
            await QuietAsync();
            // The first one has had its process listen, and say that it lives.
            var after = (DeadlineQueue.For(Time).Count, Registrations.Of(@lock.Lifetime));
            if (i == 0) before = after;
            Assert.That(after, Is.EqualTo(before), $"after {i + 1}");
            Assert.That((Registrations.Of(caller.Token), Registrations.Of(cancel.Token)), Is.EqualTo((0, 0)));
        }
        await ReleaseAsync(holder);
    }
}
