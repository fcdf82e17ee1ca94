namespace GoGoScope.Persistence.Mongo;

/// <summary>What was read after a swap that found no document that fits.</summary>
internal static class Outcome
{
    /// <summary>Whether <paramref name="record"/> is as <paramref name="swap"/> wants it, the clock included, so that it is worth another try.</summary>
    internal static bool Allows(in LockSwap swap, in StoredRecord record) =>
        (swap.Expected == 0 ? record.IsFree : record.Version == swap.Expected) && record.Now >= swap.NotBefore && record.Now < swap.NotAfter;
}
