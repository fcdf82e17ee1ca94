namespace GoGoScope.Quickstart;

/// <summary>What became of the workers' processes in a run.</summary>
/// <param name="Killed">How many were killed.</param>
/// <param name="Refused">How often the ledger has refused one that had lost a lock and did not know.</param>
/// <param name="Missing">Orders that a worker has confirmed and the ledger does not know.</param>
internal sealed record WorkerCounts(long Killed, long Refused, long Missing);
