namespace GoGoScope;

// Whether the store is there, and whether this process keeps up with it.
public partial class LeasedLockProvider
{
    // No lock's key begins like this.
    private const string CheckedKey = "check";

    /// <summary>
    /// By how much the renewal is late now that is furthest behind its time, of all leases that guards of this process hold and that renew themselves; zero if none
    /// is late. A renewal is due when a part of the lease is over (<see cref="LeaseOptions.RenewalsPerLease"/>), and late until the store has answered it: so a lease that is
    /// late by all the rest is lost. Asks no store.
    /// </summary>
    public TimeSpan RenewalDelay
    {
        get
        {
            var now = Clock.Timestamp;
            var due = now;
            foreach (var agent in _agents.Values) due = Math.Min(due, agent.RenewalDueAt());
            return Options.TimeProvider.GetElapsedTime(due, now);
        }
    }

    /// <summary>
    /// Checks that the store answers, by reading a record that nobody has: one round trip, which changes nothing. For health
    /// checks.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LockProviderException">The store could not be used, or did not answer within <see cref="LeaseOptions.StoreTimeout"/>.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    /// <example>
    /// <code>
    /// var check = await provider.CheckStoreAsync();
    /// Console.WriteLine($"answered in {check.RoundTrip.TotalMilliseconds} ms");
    /// </code>
    /// </example>
    public async Task<StoreCheck> CheckStoreAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var sentAt = Clock.Timestamp;
        var time = Options.TimeProvider.GetUtcNow();
        try
        {
            var reading = InTimeAsync(StoreCalls.Read, sentAt, _store.ReadAsync(CheckedKey, cancellationToken)).AsTask();
            // Who gives up stops to wait, whatever the store makes of the token.
            if (cancellationToken.CanBeCanceled) reading.GoesOnUnheard();
            var stored = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            var roundTrip = Options.TimeProvider.GetElapsedTime(sentAt);
            return new StoreCheck(roundTrip, DateTimeOffset.UnixEpoch.AddMicroseconds(stored.Now) - (time + roundTrip / 2));
        }
        catch (Exception error) when (error is not LockProviderException && !cancellationToken.IsCancellationRequested)
        {
            throw new LockProviderException(Name, CheckedKey, $"{error.GetType().Name}: {error.Message}", error);
        }
    }
}
