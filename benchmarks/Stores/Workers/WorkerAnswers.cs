namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>What came of a worker's part in a competition.</summary>
/// <param name="Grants">Grants within the time that counts.</param>
/// <param name="Writes">Writes, or exclusive grants, also before and after it.</param>
/// <param name="Swaps">Swaps of the process within it.</param>
/// <param name="LongestWait">The longest wait for a grant, in µs.</param>
internal sealed record Competed(long Grants, int Writes, long Swaps, double LongestWait);

/// <summary>What a worker that holds leases has asked of the store so far.</summary>
/// <param name="Swaps">Swaps, most of which renew.</param>
/// <param name="Calls">Calls of the store in which they went.</param>
/// <param name="Lost">Leases that were lost.</param>
internal sealed record Holding(long Swaps, long Calls, int Lost);
