namespace GoGoScope;

// The life of one resource: made, checked, destroyed.
public sealed partial class ResourcePool<T>
{
    private void CountMakingHoldingGate()
    {
        _total++;
        _making++;
    }

    /// <summary>Makes a resource that has been counted already.</summary>
    private async ValueTask<PoolSlot<T>> MakeAsync()
    {
        PoolSlot<T> slot;
        try
        {
            var resource = await _create(_lifetimeToken).ConfigureAwait(false);
            slot = new PoolSlot<T>(this, resource ?? throw new InvalidOperationException($"What creates the resources of {this} has made null."));
        }
        catch
        {
            _gate.Enter();
            _total--;
            _making--;
            _createFailures++;
            var failed = TakeChangeHoldingGate();
            _gate.Exit();
            failed?.TrySetResult();
            throw;
        }
        _refillPauses = false;
        _gate.Enter();
        _created++;
        _making--;
        slot.Rank = ++_lastRank;
        var made = TakeChangeHoldingGate();
        var enough = ReadyHoldingGate() >= _options.Min ? _enough : null;
        _gate.Exit();
        made?.TrySetResult();
        enough?.Cancel();
        try
        {
            StartLife(slot, Now);
        }
        catch
        {
            // A clock that throws: nobody would know when its time is over.
            await DestroyAsync(slot).ConfigureAwait(false);
            throw;
        }
        return slot;
    }

    /// <summary>Whether a resource works; one that can't be asked doesn't.</summary>
    private async ValueTask<bool> IsHealthyAsync(PoolSlot<T> slot)
    {
        if (_options.Validate is not { } validate) return true;
        var (isHealthy, now) = (false, 0L);
        try
        {
            var works = await validate(slot.Resource, _lifetimeToken).ConfigureAwait(false);
            (isHealthy, now) = (works, Now);
        }
        catch (Exception error)
        {
            if (!HasEnded) Report("validate", error);
        }
        _gate.Enter();
        if (isHealthy) NoteCheck(slot, now);
        else
        {
            _unhealthy++;
            DoomHoldingGate(slot);
        }
        _gate.Exit();
        return isHealthy;
    }

    /// <summary>From now on it only waits to be destroyed. That it is in the gate in which it was found out keeps two from going where one would have to stay.</summary>
    private void DoomHoldingGate(PoolSlot<T> slot)
    {
        if (slot.IsDoomed) return;
        Volatile.Write(ref slot.IsDoomed, true);
        _doomed++;
    }

    /// <summary>Destroys a resource that is neither idle nor lent. What that throws is reported, and kept for the end of the pool.</summary>
    private async ValueTask DestroyAsync(PoolSlot<T> slot)
    {
        _gate.Enter();
        DoomHoldingGate(slot);
        _gate.Exit();
        _deadlines.Cancel(slot);
        Exception? failure = null;
        try
        {
            if (_options.Destroy is { } destroy) await destroy(slot.Resource).ConfigureAwait(false);
            else if (slot.Resource is IAsyncDisposable disposable) await disposable.DisposeAsync().ConfigureAwait(false);
            else (slot.Resource as IDisposable)?.Dispose();
        }
        catch (Exception error)
        {
            failure = error;
            Report("destroy", error);
        }
        _gate.Enter();
        _total--;
        _doomed--;
        _destroyed++;
        if (failure is not null)
        {
            _destroyFailures++;
            KeepHoldingGate(failure);
        }
        var destroyed = TakeChangeHoldingGate();
        var quiet = QuietHoldingGate();
        _gate.Exit();
        destroyed?.TrySetResult();
        quiet?.TrySetResult();
    }
}
