using System.Diagnostics;

namespace GoGoScope;

// How a resource is found or made for who has a turn, and how it comes back.
public sealed partial class ResourcePool<T>
{
    private enum Found : byte { Usable, Expired, None, Ended }

    /// <summary>Lends what is idle and need not be looked at first; null if there is no such thing.</summary>
    private ResourceGuard<T>? TryLendIdle(SemaphoreGuard turn)
    {
        if (_options.Validate is not null) return null;
        var now = Now;
        _gate.Enter();
        var slot = HasEnded ? null : _idle.Newest;
        if (slot is not null && HasExpiredHoldingGate(slot, now)) slot = null;
        if (slot is not null)
        {
            RemoveIdleHoldingGate(slot);
            LendHoldingGate(slot, turn);
        }
        _gate.Exit();
        return slot is null ? null : new ResourceGuard<T>(slot, turn.GrantId);
    }

    /// <summary>
    /// Finds a resource that works, or makes one, and lends it; to the next one, if its caller has left. <see cref="Begin"/> comes before it.
    /// </summary>
    internal async Task PrepareAsync(SemaphoreGuard turn, PoolOpening<T> opening)
    {
        try
        {
            var slot = await FindAsync().ConfigureAwait(false);
            if (!TryLend(slot, turn))
            {
                await DestroyAsync(slot).ConfigureAwait(false);
                throw WhyEnded();
            }
            if (!opening.TryDeliver(new ResourceGuard<T>(slot, turn.GrantId)))
            {
                ForgetLoan();
                await ReturnAsync(slot, turn.GrantId, discard: false, wasUsed: false).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Before the caller hears of it, so that who is next does not wait for that.
            await turn.DisposeAsync().ConfigureAwait(false);
            if (!opening.TryFail(HasEnded && error is OperationCanceledException ? WhyEnded() : error) && !HasEnded) Report("create", error);
        }
        finally
        {
            End();
        }
        Refill();
    }

    private async ValueTask<PoolSlot<T>> FindAsync()
    {
        while (true)
        {
            switch (TakeIdle(out var slot))
            {
                case Found.Usable when await IsHealthyAsync(slot!).ConfigureAwait(false):
                    return slot!;
                case Found.None:
                    return await MakeAsync().ConfigureAwait(false);
                case Found.Ended:
                    throw WhyEnded();
                default:
                    // Before it goes on: a turn is the right to one resource only.
                    await DestroyAsync(slot!).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Takes the resource that was given back last; where there is none, one is counted that is to be made.</summary>
    private Found TakeIdle(out PoolSlot<T>? slot)
    {
        var now = Now;
        _gate.Enter();
        slot = _idle.Newest;
        var found = HasEnded ? Found.Ended : slot is null ? Found.None : HasExpiredHoldingGate(slot, now) ? Found.Expired : Found.Usable;
        if (found == Found.None) CountMakingHoldingGate();
        else if (found != Found.Ended) RemoveIdleHoldingGate(slot!);
        if (found == Found.Expired) DoomHoldingGate(slot!);
        Debug.Assert(_total <= _options.Max, "there are more resources than there may be");
        _gate.Exit();
        return found;
    }

    /// <summary>Gives a resource back, unless that was done.</summary>
    internal async ValueTask ReturnAsync(PoolSlot<T> slot, long loan, bool discard, bool wasUsed = true)
    {
        var now = NowAtReturn();
        _gate.Enter();
        if (slot.Loan != loan || loan == 0)
        {
            _gate.Exit();
            return;
        }
        var turn = TakeBackHoldingGate(slot);
        var isKept = !discard && !HasEnded && now < slot.LifeEnds;
        if (isKept && wasUsed)
        {
            slot.Rank = ++_lastRank;
            StartIdleTime(slot, now);
        }
        if (isKept) AddIdleHoldingGate(slot);
        else DoomHoldingGate(slot);
        _gate.Exit();

        if (isKept) TryWatch(slot);
        else await DestroyAsync(slot).ConfigureAwait(false);
        await turn.DisposeAsync().ConfigureAwait(false);
        if (!isKept) Refill();
    }

    /// <summary>As <see cref="Now"/>; the end of all times if the clock throws, so that what comes back then is destroyed.</summary>
    private long NowAtReturn()
    {
        try
        {
            return Now;
        }
        catch (Exception error)
        {
            Report("look after", error);
            return long.MaxValue;
        }
    }

    /// <summary>False if the pool has ended: its end takes back what was lent before that, and nothing else.</summary>
    private bool TryLend(PoolSlot<T> slot, SemaphoreGuard turn)
    {
        _gate.Enter();
        var isOpen = !HasEnded;
        if (isOpen) LendHoldingGate(slot, turn);
        _gate.Exit();
        return isOpen;
    }

    private void LendHoldingGate(PoolSlot<T> slot, SemaphoreGuard turn)
    {
        Debug.Assert(slot.Loan == 0 && !slot.IsIdle, "a resource was lent twice");
        slot.Loan = turn.GrantId;
        slot.Turn = turn;
        _lent.Add(slot);
        _loans++;
    }

    /// <summary>A loan that nobody was there for is none.</summary>
    private void ForgetLoan()
    {
        _gate.Enter();
        _loans--;
        _gate.Exit();
    }

    private SemaphoreGuard TakeBackHoldingGate(PoolSlot<T> slot)
    {
        var turn = slot.Turn;
        (slot.Loan, slot.Turn) = (0, default);
        _lent.Remove(slot);
        return turn;
    }

    private void AddIdleHoldingGate(PoolSlot<T> slot)
    {
        slot.IsIdle = true;
        _idle.AddByRank(slot);
    }

    private void RemoveIdleHoldingGate(PoolSlot<T> slot)
    {
        slot.IsIdle = false;
        _idle.Remove(slot);
    }
}
