namespace GoGoScope;

// For stores that keep their locks where the application keeps its data, and so can look at both in one transaction.
public partial class LeasedLockProvider
{
    /// <summary>The key under which the store keeps the record of what <paramref name="guard"/> holds. For providers of a store.</summary>
    /// <exception cref="ArgumentException">The guard is of a lock without a key.</exception>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    protected static string StoreKeyOf(LockGuard guard)
    {
        guard.ThrowIfLost();
        return KeyPrefix + (guard.Key ?? throw new ArgumentException("The guard is of a lock without a key, which is in no store.", nameof(guard)));
    }

    /// <summary>
    /// Throws unless <paramref name="guard"/> is held, by what this process knows and by what the store does: its lease stands
    /// there, and has not ended by the store's clock. For providers of a store.
    /// </summary>
    /// <param name="guard">The guard.</param>
    /// <param name="stored">The record of <see cref="StoreKeyOf"/>, as it is now.</param>
    /// <exception cref="LeaseLostException">The lease was lost, or the record shows others.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    /// <exception cref="FormatException">The record makes no sense.</exception>
    protected static void ThrowUnlessHeld(LockGuard guard, StoredRecord stored)
    {
        guard.ThrowIfLost();
        var ended = false;
        var record = LockRecord.Parse(in stored);
        // Not by its token: the holder's are those that it may still use, and other guards may have newer ones.
        if (guard.Hold is LeasedHold { Lease.Id: var id } && record.IndexOfHolder(id) is >= 0 and var index)
        {
            if (stored.Now < record.Holders[index].ExpiresAt) return;
            ended = true;
        }
        throw new LeaseLostException(guard.Key, guard.FencingToken, ended ? "it has ended by the store's clock" : "the store no longer has it");
    }
}
