namespace GoGoScope;

/// <summary>The record of one key in a store, as it was at one moment. For authors of stores.</summary>
/// <param name="Version">The number that the last swap chose; zero if there is no record.</param>
/// <param name="Fence">The last fencing token that was drawn; zero if there is no record.</param>
/// <param name="Body">What holders and waiters there are; empty if the record is free or there is none.</param>
/// <param name="Now">The store's clock, in microseconds since 1970-01-01 UTC.</param>
public readonly record struct StoredRecord(long Version, long Fence, string Body, long Now)
{
    /// <summary>Whether nobody holds it and nobody waits for it.</summary>
    public bool IsFree => Body.Length == 0;
}
