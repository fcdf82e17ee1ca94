using GoGoScope.Tests.Locks.Model;
using static GoGoScope.Tests.Locks.Model.RandomSchedules;

namespace GoGoScope.Tests.Semaphores;

/// <summary>Schedules of a few clients of one semaphore, random ones and all short ones, compared with the model after every step.</summary>
public sealed class SemaphoreScheduleTests
{
    [Test]
    public void Any_mixture_of_weights_follows_the_model([Values(1, 2, 3, 7)] int permits) =>
        Follow(() => new Lockstep(clients: 6, keys: 0, permits), schedules: 2_000, (system, choice) => PickAny(system, permits, choice));

    [Test]
    public void Any_mixture_of_weights_of_a_key_follows_the_model([Values(1, 3)] int permits) =>
        Follow(() => new Lockstep(clients: 6, keys: 0, permits, ofKey: true), schedules: 2_000, (system, choice) => PickAny(system, permits, choice));

    [Test]
    public void Ageing_follows_the_model()
    {
        var most = Follow(() => new Lockstep(clients: 6, keys: 0, permits: 4), schedules: 300, PickUnfair, longest: 1_500);
        Assert.That(most, Is.GreaterThanOrEqualTo(Lock.MaxPassedOver), "schedules in which waiters age");
    }

    [Test]
    public void Three_clients_of_two_permits_by_every_schedule() => Explore(clients: 3, longest: 6, permits: 2);

    [Test]
    public void Three_clients_of_three_permits_by_every_schedule() => Explore(clients: 3, longest: 6, permits: 3);

    [Test]
    public void Four_clients_of_two_permits_by_every_schedule() => Explore(clients: 4, longest: 6, permits: 2);

    private static void Explore(int clients, int longest, int permits)
    {
        var exploration = new Exploration(clients, longest, keyed: false, permits);
        exploration.Run();
        TestContext.Out.WriteLine($"{exploration.Schedules:N0} schedules of {longest} steps, {exploration.Compared:N0} states compared, {exploration.DistinctStates:N0} of them distinct");
        Assert.That(exploration.Schedules, Is.Positive);
    }

    private static Step? PickAny(Lockstep system, int permits, int choice)
    {
        var client = Draw(ref choice, 6);
        if (Draw(ref choice, 12) == 0) return new Step(client, Verb.ReleaseStale);
        switch (system.StateOf(client))
        {
            case ClientState.Holding:
                return new Step(client, Verb.Release);
            case ClientState.Waiting:
                // Mostly they wait on: else no queue would ever be long.
                return Draw(ref choice, 3) == 0 ? new Step(client, Verb.Cancel) : null;
            default:
                var verb = Draw(ref choice, 4) == 0 ? Verb.TryOnce : Verb.Acquire;
                var weight = 1 + (Draw(ref choice, 2) == 0 ? 0 : Draw(ref choice, permits));
                return new Step(client, verb, Priority: Draw(ref choice, 4) - 1, Weight: weight);
        }
    }

    /// <summary>The first two clients wait for much, with low priority, for as long as it takes; the others press in front of them.</summary>
    private static Step? PickUnfair(Lockstep system, int choice)
    {
        var client = Draw(ref choice, 6);
        var patient = client < 2;
        switch (system.StateOf(client))
        {
            case ClientState.Holding:
                return new Step(client, Verb.Release);
            case ClientState.Waiting:
                return Draw(ref choice, patient ? 400 : 30) == 0 ? new Step(client, Verb.Cancel) : null;
            default:
                return new Step(client, Verb.Acquire, Priority: patient ? client - 1 : 1 + Draw(ref choice, 2), Weight: patient ? 3 + client : 1 + Draw(ref choice, 2));
        }
    }
}
