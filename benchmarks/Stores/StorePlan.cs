namespace GoGoScope.Benchmarks.Stores;

/// <summary>How long to measure the stores.</summary>
/// <param name="Name">How the page calls it.</param>
/// <param name="Rounds">Rounds that count, in each of which every row is measured on every store.</param>
/// <param name="Slice">How long each side of a comparison runs in a round.</param>
/// <param name="Processes">How many processes want one key.</param>
/// <param name="HandOvers">How often a key goes from one process to another in a round.</param>
/// <param name="Leases">How many leases one process holds.</param>
/// <param name="TimeToLive">The length of those leases.</param>
/// <param name="HoldFor">How long they are watched: some renewals, each of which comes after a third of the length.</param>
internal sealed record StorePlan(string Name, int Rounds, TimeSpan Slice, int Processes, int HandOvers, int Leases, TimeSpan TimeToLive, TimeSpan HoldFor)
{
    internal static StorePlan Full { get; } = new(
        "the whole run", Rounds: 5, Slice: TimeSpan.FromSeconds(2), Processes: 8, HandOvers: 500, Leases: 10_000, TimeToLive: TimeSpan.FromSeconds(30), HoldFor: TimeSpan.FromSeconds(20));

    internal static StorePlan Quick { get; } = Full with
    {
        Name = "a quick look (`--quick`)", Rounds = 1, Slice = TimeSpan.FromSeconds(1), HandOvers = 200,
    };
}
