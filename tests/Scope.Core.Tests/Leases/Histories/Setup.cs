using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>What a history is made of: how many take part, how long things last, how much goes wrong.</summary>
internal sealed class Setup
{
    internal Setup(ulong number)
    {
        var choose = new SplitMix(number);
        Processes = choose.Of(1, 2, 2, 3, 3, 4);
        Tasks = choose.Of(1, 2, 2, 3, 4);
        Keys = choose.Of(1, 1, 2);
        Steps = 30 + choose.Next(120);
        TellsNews = !choose.OneIn(5);
        Drift = choose.Of(0, 0.001, 0.001, 0.05);
        TimesToLive = choose.Of<TimeSpan[]>([Seconds(0.3), Seconds(1)], [Seconds(1), Seconds(3), Seconds(10)], [Seconds(2)]);
        StoreTimeout = Seconds(choose.Of(0.5, 1, 2));
        SafetyPoll = Seconds(choose.Of(0.5, 2, 5));
        Liveness = Seconds(choose.Of(1.5, 3, 10));
        ReleaseTimeout = Seconds(choose.Of(0.3, 1, 5));
        Linger = Seconds(choose.Of(0, 0, 0.005, 0.1));
        LocalTurn = Seconds(choose.Of(0, 0.05, 0.05, 1));
        MaxWaiters = choose.OneIn(10) ? 1 + choose.Next(3) : 1_000;
        Trouble = choose.Of(Trouble.None, Trouble.Delays, Trouble.Some, Trouble.Some, Trouble.Much);
        Network = Trouble switch
        {
            Trouble.None => null,
            Trouble.Delays => new NetworkFaults { Delays = 0.7, LongestDelay = Seconds(choose.Of(0.02, 0.2, 1)) },
            Trouble.Some => new NetworkFaults
            {
                Delays = 0.3, LongestDelay = Seconds(choose.Of(0.1, 1, 6)), LostRequests = 0.02, LostReplies = 0.02, Errors = 0.03,
                LostNews = 0.1, DoubledNews = 0.1, BareNews = 0.2,
            },
            _ => new NetworkFaults
            {
                Delays = 0.5, LongestDelay = Seconds(choose.Of(0.5, 3, 8)), LostRequests = 0.1, LostReplies = 0.1, Errors = 0.1,
                LostNews = choose.Of(0.3, 1), DoubledNews = 0.2, BareNews = 0.3,
            },
        };
        // Processes that stop and die, stores that can't be reached, connections that break.
        HasAccidents = Trouble is Trouble.Some or Trouble.Much;
        Jumps = HasAccidents ? choose.Of(Jumps.None, Jumps.None, Jumps.None, Jumps.Forward, Jumps.Back) : Jumps.None;
        for (var key = 0; key < Keys; key++) Permits.Add(choose.Of(0, 0, 0, 2, 4));
        MixesUses = choose.OneIn(4);
    }

    internal int Processes { get; }

    /// <summary>How many of a process's tasks use locks.</summary>
    internal int Tasks { get; }

    internal int Keys { get; }

    /// <summary>How many permits each key has; zero if it is a lock.</summary>
    internal List<int> Permits { get; } = [];

    /// <summary>Whether somebody now and then takes a lock for a semaphore, or the other way around.</summary>
    internal bool MixesUses { get; }

    internal int Steps { get; }

    internal bool TellsNews { get; }

    internal double Drift { get; }

    internal TimeSpan[] TimesToLive { get; }

    internal TimeSpan StoreTimeout { get; }

    internal TimeSpan SafetyPoll { get; }

    internal TimeSpan Liveness { get; }

    internal TimeSpan ReleaseTimeout { get; }

    internal TimeSpan Linger { get; }

    internal TimeSpan LocalTurn { get; }

    internal int MaxWaiters { get; }

    internal Trouble Trouble { get; }

    internal NetworkFaults? Network { get; }

    internal bool HasAccidents { get; }

    internal Jumps Jumps { get; }

    internal TimeSpan LongestTimeToLive => TimesToLive.Max();

    internal TimeSpan LongestDelay => Network?.LongestDelay ?? TimeSpan.Zero;

    /// <summary>However things stand when all faults have stopped, after this time somebody has got on who waits.</summary>
    internal TimeSpan Progress => (LongestTimeToLive + StoreTimeout * 4 + SafetyPoll * 1.5 + Liveness * 2 + LongestDelay * 4) * 1.2 + Seconds(1);

    internal LeaseOptions Options(TimeProvider clock) => new()
    {
        DefaultTimeToLive = TimesToLive[^1],
        StoreTimeout = StoreTimeout,
        ReleaseTimeout = ReleaseTimeout,
        SafetyPoll = SafetyPoll,
        Liveness = Liveness,
        MaxWaiters = MaxWaiters,
        Linger = Linger,
        LocalTurn = LocalTurn,
        ClockDrift = Drift,
        TimeProvider = clock,
    };

    public override string ToString() =>
        $"{Processes} processes of {Tasks} tasks, {Keys} keys of {string.Join(" and ", Permits)} permits{(MixesUses ? ", taken for something else now and then" : "")}, trouble: {Trouble}, jumps: {Jumps}, {(TellsNews ? "with news" : "without news")}, drift {Drift}, "
        + $"leases of {string.Join(", ", TimesToLive.Select(ttl => ttl.TotalSeconds))} s, store timeout {StoreTimeout.TotalSeconds} s, "
        + $"linger {Linger.TotalSeconds} s, local turn {LocalTurn.TotalSeconds} s, "
        + $"safety poll {SafetyPoll.TotalSeconds} s, liveness {Liveness.TotalSeconds} s, delays up to {LongestDelay.TotalSeconds} s, at most {MaxWaiters} wait";

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}

/// <summary>How much goes wrong.</summary>
internal enum Trouble
{
    None,
    Delays,
    Some,
    Much,
}

/// <summary>Which way the store's clock jumps.</summary>
internal enum Jumps
{
    None,
    Forward,
    Back,
}

/// <summary>Shares of what goes wrong on the way, see <see cref="RandomStoreFaults"/>.</summary>
internal sealed record NetworkFaults
{
    internal double LostRequests { get; init; }

    internal double LostReplies { get; init; }

    internal double Errors { get; init; }

    internal double Delays { get; init; }

    internal TimeSpan LongestDelay { get; init; }

    internal double LostNews { get; init; }

    internal double DoubledNews { get; init; }

    internal double BareNews { get; init; }

    internal RandomStoreFaults With(Func<double> next) => new(next)
    {
        LostRequests = LostRequests,
        LostReplies = LostReplies,
        Errors = Errors,
        Delays = Delays,
        LongestDelay = LongestDelay,
        LostNews = LostNews,
        DoubledNews = DoubledNews,
        BareNews = BareNews,
    };
}
