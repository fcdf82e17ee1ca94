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
        NoteCheck(slot, now);
        StartIdleTime(slot, now);
    }

    private void StartIdleTime(PoolSlot<T> slot, long now) => slot.IdleEnds = After(now, _options.IdleTimeout);

    private void NoteCheck(PoolSlot<T> slot, long now) => slot.CheckAt = After(now, _options.HealthCheckInterval);

    private long After(long now, TimeSpan? span) => span is { } length ? _deadlines.Later(now, length) : long.MaxValue;

    private bool HasExpiredHoldingGate(PoolSlot<T> slot, long now) =>
        now >= slot.LifeEnds || (now >= slot.IdleEnds && ReadyHoldingGate() > _options.Min);

    /// <summary>Sets the time at which something may be due next.</summary>
    private void Watch(PoolSlot<T> slot)
    {
        if (!IsTimed) return;
        // It may have been lent and have come back meanwhile: whoever sets the time last has seen the newest.
        var set = long.MaxValue;
        while (DueAt(slot) is var due && due != set && due != long.MaxValue)
        {
            _deadlines.ScheduleAt(slot, due);
            set = due;
        }
        // The end of the pool, or who has destroyed it meanwhile, has found nothing to clear.
        if (set != long.MaxValue && (HasEnded || Volatile.Read(ref slot.IsDoomed))) _deadlines.Cancel(slot);
    }

    /// <summary>As <see cref="Watch"/>. If the clock throws, what is idle is looked at when it is lent.</summary>
    private void TryWatch(PoolSlot<T> slot)
    {
        try
        {
            Watch(slot);
        }
        catch (Exception error)
        {
            Report("look after", error);
        }
    }

    private long DueAt(PoolSlot<T> slot)
    {
        _gate.Enter();
        var due = slot.IsIdle ? Math.Min(slot.LifeEnds, Math.Min(slot.CheckAt, slot.IdleEnds)) : long.MaxValue;
        _gate.Exit();
        return due;
    }
}
