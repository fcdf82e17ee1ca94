namespace GoGoScope;

/// <summary>
/// Takes several locks, all or none. One after another, in an order that is the same for everybody: so two who want the
/// same locks never wait for each other, whatever order they name them in.
/// </summary>
internal abstract class SeveralLocks
{
    /// <summary>How many there are.</summary>
    protected abstract int Count { get; }

    /// <summary>The clock of the one deadline that all of them have.</summary>
    protected abstract TimeProvider TimeProvider { get; }

    /// <summary>Where the lock that is taken as number <paramref name="index"/> stands among those that the caller named.</summary>
    protected abstract int PlaceOf(int index);

    protected abstract string? KeyOf(int index);

    protected abstract ValueTask<LockGuard> AcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken);

    protected abstract ValueTask<LockGuard?> TryAcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken);

    /// <summary>Why the guard of number <paramref name="index"/> was taken back while the others were waited for.</summary>
    protected abstract Exception EndedOf(int index);

    internal async Task<LockGuardSet> AcquireAllAsync(AcquireOptions options, CancellationToken cancellationToken) =>
        (await TakeAsync(options, answersNull: false, cancellationToken).ConfigureAwait(false))!;

    internal Task<LockGuardSet?> TryAcquireAllAsync(AcquireOptions options, CancellationToken cancellationToken) =>
        TakeAsync(options, answersNull: true, cancellationToken);

    private async Task<LockGuardSet?> TakeAsync(AcquireOptions options, bool answersNull, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (longest, started) = (answersNull ? options.WaitOfTry : options.Wait, TimeProvider.GetTimestamp());
        var taken = new List<LockGuard>(Count);
        try
        {
            while (taken.Count < Count)
            {
                var wait = options with { Timeout = Left(longest, started) };
                var guard = answersNull
                    ? await TryAcquireAsync(taken.Count, wait, cancellationToken).ConfigureAwait(false)
                    : await AcquireAsync(taken.Count, wait, cancellationToken).ConfigureAwait(false);
                if (guard is null) break;
                taken.Add(guard.Value);
            }
            if (taken.Count == Count)
            {
                RefuseWhatIsGone(taken);
                return Hand(taken);
            }
        }
        catch (Exception failure)
        {
            await ReleaseAsync(taken).ConfigureAwait(false);
            // It waited for the last one only as long as the others had left it.
            if (failure is LockTimeoutException late) throw new LockTimeoutException(late.Key, late.Mode, longest, late.Holder);
            throw;
        }
        await ReleaseAsync(taken).ConfigureAwait(false);
        return null;
    }

    /// <summary>The last one first. Goes on if one throws, which none should; the first error is thrown at the end.</summary>
    internal static async ValueTask ReleaseAsync(IReadOnlyList<LockGuard> taken)
    {
        List<Exception>? errors = null;
        for (var i = taken.Count - 1; i >= 0; i--)
        {
            try
            {
                await taken[i].DisposeAsync().ConfigureAwait(false);
            }
            catch (Exception error)
            {
                (errors ??= []).Add(error);
            }
        }
        if (errors is not null) throw new AggregateException(errors);
    }

    private TimeSpan Left(TimeSpan timeout, long started)
    {
        if (timeout == Timeout.InfiniteTimeSpan) return timeout;
        var left = timeout - TimeProvider.GetElapsedTime(started);
        // What is free may still be taken when the time is up.
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>A lease may have ended, and a scope too, while the others were waited for: that is not all of them.</summary>
    private void RefuseWhatIsGone(List<LockGuard> taken)
    {
        for (var i = 0; i < taken.Count; i++)
        {
            if (taken[i].IsHeld) continue;
            try
            {
                taken[i].ThrowIfLost();
            }
            catch (ObjectDisposedException)
            {
                throw EndedOf(i);
            }
        }
    }

    private LockGuardSet Hand(List<LockGuard> taken)
    {
        var asNamed = new LockGuard[Count];
        var keys = new string?[Count];
        for (var i = 0; i < Count; i++) (asNamed[PlaceOf(i)], keys[PlaceOf(i)]) = (taken[i], KeyOf(i));
        return new LockGuardSet(taken, asNamed, keys);
    }
}
