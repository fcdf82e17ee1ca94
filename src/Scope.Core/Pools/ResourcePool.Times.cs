namespace GoGoScope;

// When something is due for a resource that is idle.
public sealed partial class ResourcePool<T>
{
    private bool IsTimed => _options.IdleTimeout is not null || _options.MaxLifetime is not null || _options.HealthCheckInterval is not null;

    /// <summary>A timestamp; where nothing is timed, no clock is read.</summary>
    private long Now => IsTimed ? _deadlines.Now : 0;

    private void StartLife(PoolSlot<T> slot, long now)
    {
        slot.LifeEnds = After(now, _options.MaxLifetime);
        slot.CheckAt = After(now, _options.HealthCheckInterval);
    }

    private void StartIdleTime(PoolSlot<T> slot, long now) => slot.IdleEnds = After(now, _options.IdleTimeout);

    private void NoteCheck(PoolSlot<T> slot, long now) => slot.CheckAt = After(now, _options.HealthCheckInterval);

    private long After(long now, TimeSpan? span) => span is { } length ? _deadlines.Later(now, length) : long.MaxValue;

    private bool HasExpiredHoldingGate(PoolSlot<T> slot, long now) =>
        now >= slot.LifeEnds || (now >= slot.IdleEnds && _total - _doomed > _options.Min);

    /// <summary>Sets the time at which something may be due next.</summary>
    private void Watch(PoolSlot<T> slot)
    {
        if (!IsTimed) return;
        var now = Now;
        _gate.Enter();
        var due = Math.Min(slot.LifeEnds, slot.CheckAt);
        // One that is kept although it is idle for long is not looked at again for that.
        if (slot.IdleEnds > now) due = Math.Min(due, slot.IdleEnds);
        var isIdle = slot.IsIdle;
        _gate.Exit();
        if (!isIdle || due == long.MaxValue) return;
        _deadlines.ScheduleAt(slot, due);
        // The end of the pool, or who has destroyed it meanwhile, has found nothing to clear.
        if (HasEnded || Volatile.Read(ref slot.IsDoomed)) _deadlines.Cancel(slot);
    }
}
