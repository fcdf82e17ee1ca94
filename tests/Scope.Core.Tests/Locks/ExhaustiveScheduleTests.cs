using System.Diagnostics;
using GoGoScope.Tests.Locks.Model;

namespace GoGoScope.Tests.Locks;

/// <summary>
/// Every schedule of a few clients up to a length, against the model. Clients are alike, so a client that has not
/// acted yet acts only after all before it have.
/// </summary>
public sealed class ExhaustiveScheduleTests
{
    [Test]
    public void Three_clients_by_every_schedule() => Explore(clients: 3, longest: Depth(7), keyed: true);

    [Test]
    public void Three_clients_on_a_lock_without_a_key() => Explore(clients: 3, longest: Depth(7), keyed: false);

    [Test]
    public void Four_clients_by_every_schedule() => Explore(clients: 4, longest: Depth(6), keyed: true);

    /// <summary>GOGOSCOPE_DEEPER=2 goes two steps further, at seven times the time for each.</summary>
    private static int Depth(int usual) => usual + (int.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_DEEPER"), out var more) ? more : 0);

    private static void Explore(int clients, int longest, bool keyed)
    {
        var exploration = new Exploration(clients, longest, keyed);
        var started = Stopwatch.GetTimestamp();
        exploration.Run();
        TestContext.Out.WriteLine(
            $"{exploration.Schedules:N0} schedules of {longest} steps, {exploration.Compared:N0} states compared, " +
            $"{exploration.DistinctStates:N0} of them distinct, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
        Assert.That(exploration.Schedules, Is.Positive);
    }
}
