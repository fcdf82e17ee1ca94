namespace GoGoScope.Benchmarks.Stores;

/// <summary>How long to measure the stores.</summary>
internal sealed record StorePlan
{
    /// <summary>How the page calls it.</summary>
    internal required string Name { get; init; }

    /// <summary>Rounds that count, in each of which every row is measured.</summary>
    internal required int Rounds { get; init; }

    /// <summary>
    /// Whether a round before them is thrown away. A fresh process is busy with compiling for some seconds, and the more so if
    /// there are eight of them.
    /// </summary>
    internal bool WarmsUp { get; init; } = true;

    /// <summary>How long each side of a comparison runs in a round.</summary>
    internal required TimeSpan Slice { get; init; }

    /// <summary>How many processes want one key.</summary>
    internal int Processes { get; init; } = 8;

    /// <summary>How often a key goes from one process to another in a round.</summary>
    internal required int HandOvers { get; init; }

    /// <summary>How many leases one process holds.</summary>
    internal int Leases { get; init; } = 10_000;

    /// <summary>The length of those leases.</summary>
    internal TimeSpan TimeToLive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long they are watched: as long as it takes to renew each of them once or several times.</summary>
    internal required TimeSpan HoldFor { get; init; }

    internal static StorePlan Full { get; } = new()
    {
        Name = "the whole run",
        Rounds = 5,
        Slice = TimeSpan.FromSeconds(2),
        HandOvers = 500,
        HoldFor = TimeSpan.FromSeconds(20),
    };

    internal static StorePlan Quick { get; } = new()
    {
        Name = "a quick look (`--quick`)",
        Rounds = 1,
        Slice = TimeSpan.FromSeconds(1),
        HandOvers = 200,
        HoldFor = TimeSpan.FromSeconds(10),
    };

    /// <summary>The round that is thrown away. Who holds leases does so in a process of its own, which nothing can warm up.</summary>
    internal StorePlan WarmUp => this with { Leases = 100, HoldFor = TimeSpan.FromSeconds(1) };
}
