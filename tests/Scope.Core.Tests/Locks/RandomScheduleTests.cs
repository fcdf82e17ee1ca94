using GoGoScope.Tests.Locks.Model;
using static GoGoScope.Tests.Locks.Model.RandomSchedules;

namespace GoGoScope.Tests.Locks;

/// <summary>Random schedules of a few clients, compared with the model after every step.</summary>
public sealed class RandomScheduleTests
{
    [Test]
    public void One_key_follows_the_model() => Follows(clients: 5, keys: 1, schedules: 4_000, PickAny);

    [Test]
    public void Several_keys_follow_the_model() => Follows(clients: 6, keys: 3, schedules: 2_000, PickAny);

    [Test]
    public void A_lock_without_a_key_follows_the_model() => Follows(clients: 5, keys: 0, schedules: 2_000, PickAny);

    [Test]
    public void Ageing_follows_the_model()
    {
        var most = Follows(clients: 6, keys: 1, schedules: 300, PickUnfair, longest: 1_500);
        Assert.That(most, Is.GreaterThanOrEqualTo(Lock.MaxPassedOver), "schedules in which waiters age");
    }

    private static int Follows(int clients, int keys, int schedules, Func<Lockstep, int, int, int, Step?> pick, int longest = RandomSchedules.UsualLength) =>
        RandomSchedules.Follow(() => new Lockstep(clients, keys), schedules, (system, choice) => pick(system, clients, Math.Max(1, keys), choice), longest);

    /// <summary>Any step that the client can take now, all of them in a fair mixture.</summary>
    private static Step? PickAny(Lockstep system, int clients, int keys, int choice)
    {
        var client = Draw(ref choice, clients);
        if (Draw(ref choice, 12) == 0) return new Step(client, Verb.ReleaseStale);
        switch (system.StateOf(client))
        {
            case ClientState.Holding:
                return system.IsLeased(client) && Draw(ref choice, 2) == 0 ? new Step(client, Verb.LoseLease) : new Step(client, Verb.Release);
            case ClientState.Waiting:
                Verb[] ends = system.IsKeyed ? [Verb.Cancel, Verb.TimeOut, Verb.EndLifetime, Verb.DisposeLock] : [Verb.Cancel];
                // Mostly they wait on: else no queue would ever be long.
                return Draw(ref choice, 3) == 0 ? new Step(client, ends[Draw(ref choice, ends.Length)]) : null;
            default:
                var verb = Draw(ref choice, 4) == 0 ? Verb.TryOnce : Verb.Acquire;
                var mode = Draw(ref choice, 2) == 0 ? LockMode.Read : LockMode.Exclusive;
                var priority = Draw(ref choice, 4) - 1;
                return new Step(client, verb, mode, priority, Draw(ref choice, keys), system.IsKeyed && Draw(ref choice, 4) == 0);
        }
    }

    /// <summary>The first two clients wait with low priority for as long as it takes; the others press in front of them.</summary>
    private static Step? PickUnfair(Lockstep system, int clients, int keys, int choice)
    {
        var client = Draw(ref choice, clients);
        var patient = client < 2;
        switch (system.StateOf(client))
        {
            case ClientState.Holding:
                return new Step(client, Verb.Release);
            case ClientState.Waiting:
                return Draw(ref choice, patient ? 400 : 30) == 0 ? new Step(client, Verb.Cancel) : null;
            default:
                var mode = Draw(ref choice, 2) == 0 ? LockMode.Read : LockMode.Exclusive;
                return new Step(client, Verb.Acquire, mode, patient ? client - 1 : 1 + Draw(ref choice, 2), Draw(ref choice, keys));
        }
    }
}
