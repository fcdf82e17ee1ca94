using System.Runtime.ExceptionServices;

namespace GoGoScope;

// Who fetches, and who waits for it.
public sealed partial class ExpiringValue<T>
{
    private async Task<T> JoinAsync(CancellationToken cancellationToken)
    {
        if (ScopeFlow.Current is { HasEnded: false } flow && _scope.AwaitsAtItsEnd(flow))
            throw new InvalidOperationException("The fetch of an expiring value asks for that value: it would wait for itself.");
        ObjectDisposedException.ThrowIf(_scope.IsCancelled, this);

        ValueFetch<T> fetch;
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (_kept is { } kept && now < kept.ExpiresAt)
            {
                if (now >= kept.RefreshFrom) _running ??= Begin(isAhead: true);
                return kept.Value;
            }
            fetch = _running ??= Begin(isAhead: false);
            fetch.Waiters++;
        }
        return await WaitAsync(fetch, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> WaitAsync(ValueFetch<T> fetch, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await fetch.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            outcome.Error?.Throw();
            return outcome.Value!;
        }
        // Whatever the fetch makes of being cancelled.
        catch (Exception ended) when (_scope.IsCancelled && !cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException("The expiring value was disposed while it was fetched.", ended);
        }
        finally
        {
            Leave(fetch);
        }
    }

    /// <summary>
    /// One waiter less. The last one takes the fetch with it, if it has begun and has not ended: nobody joins it any more. One that still waits for the fetch
    /// before it is left to whoever asks next, so that there is never more than one that waits.
    /// </summary>
    private void Leave(ValueFetch<T> fetch)
    {
        lock (_gate)
        {
            fetch.Waiters--;
            if (_running != fetch || !fetch.HasBegun || IsWantedHoldingGate(fetch)) return;
            _running = null;
        }
        _ = AbandonAsync(fetch);
    }

    /// <summary>Begun ahead of time it needs nobody who waits, but only as long as nobody has to.</summary>
    private bool IsWantedHoldingGate(ValueFetch<T> fetch) =>
        fetch.Waiters > 0 || (fetch.IsAhead && _kept is { } kept && _time.GetUtcNow() < kept.ExpiresAt);

    /// <summary>What is registered with the fetch's token is not the business of who leaves, who neither waits for it nor hears of its failures.</summary>
    private async Task AbandonAsync(ValueFetch<T> fetch)
    {
        var told = fetch.AbandonAsync();
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (told.Exception is { } callbacks) GoGoScopeEventSource.Log?.CallbackFailed(_scope, callbacks);
    }

    private ValueFetch<T> Begin(bool isAhead)
    {
        var fetch = new ValueFetch<T>(new CancellationTokenSource(), isAhead) { Before = _lastFetch };
        // It belongs to nobody who asks, so it does not run in the context of who came first.
        using (ExecutionContext.IsFlowSuppressed() ? (IDisposable?)null : ExecutionContext.SuppressFlow())
        {
            fetch.Task = _scope.Start(token => FetchAsync(fetch, token)).AsTask();
        }
        _lastFetch = fetch.Task;
        return fetch;
    }

    /// <summary>Never fails: a scope that lives as long as the process would remember all that ever failed in it.</summary>
    private async Task<FetchOutcome<T>> FetchAsync(ValueFetch<T> fetch, CancellationToken token)
    {
        // One that was abandoned may take its time, and may still bring the value.
        await fetch.Before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await using var ending = token.UnsafeRegister(static fetch => ((ValueFetch<T>)fetch!).Cancel(), fetch).ConfigureAwait(false);
        try
        {
            if (IsNeedless(fetch, out var there)) return new(there, null);
            var came = await GetItAsync(fetch.Cancelled).ConfigureAwait(false);
            End(fetch, Kept.Of(came, _time.GetUtcNow(), _options.RefreshAhead));
            return new(came.Value, null);
        }
        catch (Exception error)
        {
            End(fetch, came: null);
            if (fetch.IsAhead && !fetch.Cancelled.IsCancellationRequested) GoGoScopeEventSource.Log?.CallbackFailed(_scope, error);
            return new(default, ExceptionDispatchInfo.Capture(error));
        }
    }

    /// <summary>Whether the fetch before it has brought the value after all, or nobody waits for it any more. Else it begins.</summary>
    private bool IsNeedless(ValueFetch<T> fetch, out T? there)
    {
        lock (_gate)
        {
            fetch.HasBegun = true;
            var kept = !fetch.IsAhead && _kept?.ExpiresAt > _time.GetUtcNow() ? _kept : null;
            there = kept is null ? default : kept.Value;
            if (kept is null && IsWantedHoldingGate(fetch)) return false;
            if (_running == fetch) _running = null;
            return true;
        }
    }

    private async Task<Expiring<T>> GetItAsync(CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return _options.Shared is { } shared ? await GetSharedAsync(shared, token).ConfigureAwait(false) : await _fetch(token).ConfigureAwait(false);
    }

    /// <summary>Looks, takes the key, looks again, and only then fetches.</summary>
    private async Task<Expiring<T>> GetSharedAsync(SharedExpiringValue<T> shared, CancellationToken token)
    {
        if (await LookAsync(shared, token).ConfigureAwait(false) is { } there) return there;
        return await _scope.RunExclusiveAsync(shared.Key, async underKey =>
        {
            if (await LookAsync(shared, underKey).ConfigureAwait(false) is { } meanwhile) return meanwhile;
            var fetched = await _fetch(underKey).ConfigureAwait(false);
            await shared.Write(fetched, underKey).ConfigureAwait(false);
            return fetched;
        }, cancellationToken: token).ConfigureAwait(false);
    }

    /// <summary>What others have fetched, if it is newer than what is kept here and was not refused.</summary>
    private async Task<Expiring<T>?> LookAsync(SharedExpiringValue<T> shared, CancellationToken token)
    {
        if (await shared.Read(token).ConfigureAwait(false) is not { } found || found.ExpiresAt <= _time.GetUtcNow()) return null;
        lock (_gate)
        {
            if (_kept is { } kept && found.ExpiresAt <= kept.ExpiresAt) return null;
            return _refused is { } refused && found.ExpiresAt <= refused.ExpiresAt && EqualityComparer<T>.Default.Equals(found.Value, refused.Value) ? null : found;
        }
    }

    /// <summary>
    /// With what came, or null if it failed: then a value that still serves is refreshed again later; also if what came has expired, which would serve nobody.
    /// </summary>
    private void End(ValueFetch<T> fetch, Kept? came)
    {
        lock (_gate)
        {
            if (_running == fetch) _running = null;
            var now = _time.GetUtcNow();
            var kept = came?.ExpiresAt <= now && now < _kept?.ExpiresAt ? null : came;
            if (kept is not null) _refused = null;
            else if (!fetch.IsAhead) return;
            Volatile.Write(ref _kept, kept ?? _kept?.RefreshLater(now));
        }
    }
}
