namespace GoGoScope;

/// <summary>
/// All that a store has to do to carry locks: compare and swap the record of one key, read it, and tell other processes
/// of it. Everything else, who may hold what, queues, priorities, leases, is the same for every store and written once, in
/// <see cref="LeasedLockProvider"/>. For authors of stores.
/// </summary>
/// <remarks>
/// <para>A store keeps one record for each key: a version, a fence and a body, which is text that the store does not look into.
/// A record whose body is empty is <em>free</em>, and so is one that does not exist.</para>
/// <para>Times are those of the store's own clock, in microseconds since 1970-01-01 UTC, whatever the time zones of server,
/// session and client are. No other clock may decide anything.</para>
/// <para>Keys are any text but the empty one, up to some ten kilobytes: case, accents, NUL and trailing blanks count. A store that
/// keeps UTF-8 refuses keys and bodies that have no form in it (half of a surrogate pair) with an <see cref="ArgumentException"/>
/// rather than to take two for the same.</para>
/// <para>A call that is cancelled may still take effect, until <see cref="LockSwap.NotAfter"/>. One whose token was cancelled before
/// it began has none.</para>
/// <para>What the driver throws is let through, except what goes away by itself when tried again (deadlocks, serialization
/// failures, a script that the server has forgotten): that is tried again inside.</para>
/// </remarks>
public interface ILockStore
{
    /// <summary>The store's name in errors, such as "redis".</summary>
    string Name { get; }

    /// <summary>
    /// Replaces the record, if it is as <see cref="LockSwap.Expected"/> and the clock as <see cref="LockSwap.NotBefore"/> and
    /// <see cref="LockSwap.NotAfter"/> say, and wakes whom <see cref="LockSwap.Wake"/> names. All of it atomically, durable
    /// before it is answered, and in one round trip.
    /// </summary>
    /// <returns>
    /// The record as it is committed now, and the clock: the new record if it was replaced, which its version tells, and
    /// otherwise the one that is in its place, never an older state.
    /// </returns>
    ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken);

    /// <summary>
    /// As <see cref="SwapAsync"/> for each of <paramref name="swaps"/>, whose keys differ, in one round trip or few. Each
    /// succeeds or fails by itself.
    /// </summary>
    /// <returns>The records, in the order of <paramref name="swaps"/>.</returns>
    ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken);

    /// <summary>The record of <paramref name="key"/> as it is committed now, and the clock.</summary>
    ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>
    /// Tells <paramref name="watcher"/> whenever a swap wakes <paramref name="process"/>, until the result is disposed. Returns
    /// when it is listening. A connection that breaks is made again, with back-off, without the caller's doing.
    /// </summary>
    /// <returns>Ends the watching; null if the store can't tell anybody anything, so that who waits has to look.</returns>
    ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken);
}
