namespace GoGoScope;

/// <summary>
/// A store that can say which keys it has records of, for <see cref="LeasedLockProvider.InspectAllAsync"/>. Locks work without it. For
/// authors of stores.
/// </summary>
public interface IListableLockStore : ILockStore
{
    /// <summary>
    /// The keys that begin with <paramref name="prefix"/>, compared character by character, and their records that are not free. Each
    /// that is there from the first item to the last comes exactly once, one that comes or goes meanwhile perhaps; each record is
    /// as it was committed at a moment of its own. In any order, and read in pages, so that the store's whole content is never in
    /// memory and nobody waits for the reader.
    /// </summary>
    /// <param name="prefix">What keys begin with; empty for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, CancellationToken cancellationToken);
}
