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
    /// Returns if <paramref name="guard"/> is held, by what this process knows and by what the store does: the guard's token is one
    /// of those that were drawn for a holder, and that holder's lease has not ended by the store's clock. For providers of a store.
    /// </summary>
    /// <param name="guard">The guard.</param>
    /// <param name="stored">The record of <see cref="StoreKeyOf"/>, as it is now.</param>
    /// <exception cref="LeaseLostException">The lease was lost, or the record shows others.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    /// <exception cref="FormatException">The record makes no sense.</exception>
    protected static void ThrowUnlessHeld(LockGuard guard, StoredRecord stored)
    {
        guard.ThrowIfLost();
        var token = guard.FencingToken;
        var ended = false;
        foreach (ref readonly var holder in LockRecord.Parse(in stored).Holders)
        {
            // Several guards of one process may share what it holds, each with a token of its own.
            if (token < holder.Token || token > holder.LastToken) continue;
            if (stored.Now < holder.ExpiresAt) return;
            ended = true;
        }
        throw new LeaseLostException(guard.Key, token, ended ? "it has ended by the store's clock" : "the store no longer has it");
    }
}
