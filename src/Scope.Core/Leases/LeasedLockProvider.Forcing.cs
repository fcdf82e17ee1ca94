namespace GoGoScope;

// For administrators, when a holder hangs and can't be ended.
public partial class LeasedLockProvider
{
    // As often as others change the record in between; then something else is wrong.
    private const int ForcingAttempts = 100;

    /// <summary>
    /// Takes <paramref name="key"/> from whoever holds it, and gives it to whoever waits first. <b>Dangerous: the holder goes on until it
    /// hears of that</b>, so two may work under the same lock. Rather end its process, if you can: then the lease ends by itself.
    /// </summary>
    /// <remarks>
    /// <para>The holder hears of it as of any lost lease, by <see cref="LockGuard.LostToken"/>: at once, as a rule, if its process has
    /// waited for any lock of the store and the store tells who waits; otherwise at its next renewal, after a third of its time to live; and if
    /// the lease is not renewed (<see cref="LockOptions.AutoRenew"/>), when that ends. A resource that checks
    /// <see cref="LockGuard.FencingToken"/>, before it is read and when it is written, is safe from it all the same: tokens go on rising.</para>
    /// <para>Whoever waits keeps its place. What is no record of a lock (<see cref="LockInspection.Problem"/>) is removed, and whoever
    /// waited in it enters again; what other programs have put in its place a store may refuse to touch, as Redis does.</para>
    /// </remarks>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up the attempt; it may have happened all the same.</param>
    /// <returns>The key as it was just before, with those from whom it was taken. If it had no holder, nothing was done.</returns>
    /// <exception cref="ArgumentException">The key is empty or white space.</exception>
    /// <exception cref="LockProviderException">The store could not be used.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    /// <example>
    /// <code>
    /// var was = await provider.ForceReleaseAsync("orders:4711");
    /// Console.WriteLine($"Taken away: {was}");
    /// </code>
    /// </example>
    public async Task<LockInspection> ForceReleaseAsync(string key, CancellationToken cancellationToken = default)
    {
        Ensure.Key(key, nameof(key));
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var before = await AskedAsync(key, StoreCalls.Read, token => _store.ReadAsync(KeyPrefix + key, token), cancellationToken).ConfigureAwait(false);
        var stored = before;
        for (var attempt = 1; await TakingAwayAsync(key, before, stored, cancellationToken).ConfigureAwait(false) is { } swap; attempt++)
        {
            if (attempt > ForcingAttempts) throw new LockProviderException(Name, key, $"others have changed its record {ForcingAttempts} times meanwhile");
            stored = await AskedAsync(key, StoreCalls.Swap, token => _store.SwapAsync(swap, token), cancellationToken).ConfigureAwait(false);
        }
        AgentOf(key)?.Look();
        return Inspection(key, before);
    }

    /// <summary>The swap that takes it away from those who held it <paramref name="before"/>; null if none of them does any more.</summary>
    private async ValueTask<LockSwap?> TakingAwayAsync(string key, StoredRecord before, StoredRecord stored, CancellationToken cancellationToken)
    {
        var notAfter = Clock.Latest + StoreTime.Length(Options.StoreTimeout);
        if (TryParse(in stored) is not { } record) return Removal(key, in stored, notAfter);

        // Whoever has come since is not meant.
        var holders = TryParse(in before)?.Holders.ToArray() ?? [];
        var evictions = new List<KeyStep>();
        foreach (var holder in holders)
        {
            if (record.IndexOfHolder(holder.Id) >= 0) evictions.Add(new Eviction(holder.Id));
        }
        if (evictions.Count == 0) return null;

        var dead = await AskedAsync(key, _ => Liveness.DeadAmongAsync(record), cancellationToken).ConfigureAwait(false);
        var plan = new SwapPlan();
        plan.Make(in stored, record, evictions, new Circumstances { Now = stored.Now, Dead = dead, Limits = Limits });
        var swap = plan.ToSwap(KeyPrefix + key, LockSwap.NewVersion(), notAfter);
        // Those who lose it are to hear of it, beside those who get it.
        return swap with { Wake = [.. (swap.Wake ?? []).Union(holders.Select(static holder => holder.Id.Process), StringComparer.Ordinal)] };
    }

    private static LockSwap Removal(string key, in StoredRecord stored, long notAfter) => new()
    {
        Key = KeyPrefix + key,
        Expected = stored.Version,
        Version = LockSwap.NewVersion(),
        Body = "",
        NotAfter = notAfter,
        KeepUntil = 0,
    };

    /// <summary>To have a holder out of the record, whether it likes it or not. None of its tokens is given back: all may be in use.</summary>
    private sealed class Eviction(ContenderId holder) : KeyStep
    {
        internal override LockCommand Command { get; } = new LockCommand.Leave(holder, LastUsedToken: long.MaxValue);

        internal override void Done(in Transition transition, Tidings tidings)
        {
        }
    }
}
