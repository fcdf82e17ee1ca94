using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// One command on its way through a record. Whatever the command is, leases that have ended and dead waiters go first, then
/// it is done, then everybody is granted whose turn it is.
/// </summary>
internal ref partial struct RecordChange
{
    private readonly LockRecord _record;
    private readonly Circumstances _circumstances;
    private Draft<RecordHolder> _holders;
    private Draft<RecordWaiter> _waiters;

    // Who asks now and is not in the queue: behind everybody who is.
    private RecordWaiter? _newcomer;

    // Those who are granted by this change, and how many of them have their tokens: they get them when all are known.
    private Draft<RecordWaiter> _granted = new([]);
    private int _held;

    // Whether somebody has come into the queue, and stands at its end.
    private bool _hasJoined;

    // What those agree on who hold or wait; while there is nobody, it is for whoever comes to say.
    private int _permits;

    private long _fence;
    private int _drawn;
    private long _notBefore;

    private RecordChange(LockRecord record, in Circumstances circumstances)
    {
        Debug.Assert(record.Fence > 0 || record.IsFree, "a record that was made from a free one is changed before its fence is known");
        _record = record;
        _circumstances = circumstances;
        _holders = record.DraftHolders();
        _waiters = record.DraftWaiters();
        _fence = record.Fence;
        _permits = record.Permits;
    }

    internal static Transition Make(LockRecord record, LockCommand command, in Circumstances circumstances)
    {
        var change = new RecordChange(record, in circumstances);
        change.EvictExpired();
        change.DropDead(command.Id.Process);
        var outcome = command switch
        {
            LockCommand.Enter enter => change.Enter(enter.Contender, enter.MayWait),
            LockCommand.Leave leave => change.Leave(leave),
            LockCommand.Renew renew => change.Renew(renew),
            LockCommand.DrawMore draw => change.DrawMore(draw),
            LockCommand.Raise raise => change.Raise(raise),
            _ => throw new UnreachableException(),
        };
        change.Settle();
        return change.Finish(command, outcome);
    }

    // ---- what every command does first ----

    private void EvictExpired()
    {
        for (var i = _holders.Count - 1; i >= 0; i--)
        {
            var expiresAt = _holders.Items[i].ExpiresAt;
            if (expiresAt > _circumstances.Now) continue;
            // Its tokens are not given back: it may not know yet that it has lost them.
            _holders.RemoveAt(i);
            _notBefore = Math.Max(_notBefore, expiresAt);
        }
    }

    /// <param name="own">The process that asks, which is alive whatever is said of it.</param>
    private void DropDead(string own)
    {
        if (_circumstances.Dead is not { Count: > 0 } dead) return;
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            var process = _waiters.Items[i].Id.Process;
            if (process != own && dead.Contains(process)) _waiters.RemoveAt(i);
        }
    }

    // ---- the commands ----

    private RecordOutcome Enter(Contender contender, bool mayWait)
    {
        if (HolderOf(contender.Id) < 0 && WaiterOf(contender.Id) < 0)
        {
            if (!TryAgree(contender)) return RecordOutcome.InOtherUse;
            _newcomer = new RecordWaiter(contender, PassedOver: 0);
        }
        Settle();
        if (HolderOf(contender.Id) >= 0) return RecordOutcome.Granted;
        if (WaiterOf(contender.Id) >= 0) return RecordOutcome.Waiting;

        // What was granted by now has made room.
        _newcomer = null;
        if (!mayWait) return RecordOutcome.Refused;
        if (_waiters.Count >= _circumstances.Limits.MaxWaiters)
        {
            // Those in whose way it stood go on without it, and may make room.
            Settle();
            if (_waiters.Count >= _circumstances.Limits.MaxWaiters) return RecordOutcome.QueueFull;
        }
        _waiters.Add(new RecordWaiter(contender, PassedOver: 0, _circumstances.Now));
        _hasJoined = true;
        return RecordOutcome.Waiting;
    }

    private RecordOutcome Leave(LockCommand.Leave leave)
    {
        Debug.Assert(leave.Next is not { } same || same.Id != leave.Id, "an id is used for one acquisition only");
        if (HolderOf(leave.Id) is >= 0 and var held) GiveBack(_holders.RemoveAt(held), leave.LastUsedToken);
        else if (WaiterOf(leave.Id) is >= 0 and var waiting) LeaveQueue(waiting, leave.Next);
        return leave.Next is { } next ? Enter(next, mayWait: true) : RecordOutcome.Released;
    }

    /// <summary>Whether the key is what <paramref name="contender"/> takes it for, or nobody uses it: then it becomes that.</summary>
    private bool TryAgree(Contender contender)
    {
        if (_holders.Count == 0 && _waiters.Count == 0) _permits = contender.Permits;
        return _permits == contender.Permits;
    }

    /// <summary>Whoever comes in the stead of one who waits has waited as long, in the same place.</summary>
    private void LeaveQueue(int place, Contender? next)
    {
        if (next is { } contender && contender.Permits == _permits && HolderOf(contender.Id) < 0 && WaiterOf(contender.Id) < 0)
            _waiters.Edit(place) = _waiters.Items[place] with { Contender = contender };
        else
            _waiters.RemoveAt(place);
    }

    private RecordOutcome Renew(LockCommand.Renew renew)
    {
        Settle();
        var index = HolderOf(renew.Id);
        if (index < 0) return RecordOutcome.Lost;
        var expiresAt = ExpiryOf(renew.TimeToLive);
        if (expiresAt > _holders.Items[index].ExpiresAt) _holders.Edit(index) = _holders.Items[index] with { ExpiresAt = expiresAt };
        return RecordOutcome.Renewed;
    }

    private RecordOutcome DrawMore(LockCommand.DrawMore draw)
    {
        Settle();
        var index = HolderOf(draw.Id);
        if (index < 0) return RecordOutcome.Lost;
        DrawAhead(index, draw.Count, draw.LastUsedToken);
        return RecordOutcome.Granted;
    }

    private RecordOutcome Raise(LockCommand.Raise raise)
    {
        if (WaiterOf(raise.Id) is >= 0 and var index && raise.Priority > _waiters.Items[index].Priority)
        {
            ref var waiter = ref _waiters.Edit(index);
            waiter = waiter with { Contender = waiter.Contender with { Priority = raise.Priority } };
        }
        Settle();
        if (HolderOf(raise.Id) >= 0) return RecordOutcome.Granted;
        return WaiterOf(raise.Id) >= 0 ? RecordOutcome.Waiting : RecordOutcome.Lost;
    }

    // ---- what comes out ----

    private Transition Finish(LockCommand command, RecordOutcome outcome)
    {
        var changed = _holders.IsChanged || _waiters.IsChanged;
        var record = changed ? Result() : _record;
        var answer = new Transition
        {
            Record = record,
            Outcome = outcome,
            Changed = changed,
            NotBefore = _notBefore,
            Draw = _fence - _record.Fence,
            Wake = Wake(command.Id.Process),
            KeepUntil = KeepUntil(record),
        };
        if (outcome is not (RecordOutcome.Granted or RecordOutcome.Renewed)) return answer;

        var id = command is LockCommand.Leave { Next: { } next } ? next.Id : command.Id;
        var holder = record.Holders[record.IndexOfHolder(id)];
        var tokens = command is LockCommand.DrawMore draw ? Unused(in holder, draw.LastUsedToken) : holder.Tokens;
        return answer with { Tokens = tokens, ExpiresAt = holder.ExpiresAt };
    }

    private readonly LockRecord Result()
    {
        if (_holders.Count == 0 && _waiters.Count == 0) return LockRecord.Free;
        if (_record.Fence != 0) return new LockRecord(_fence, _holders.ToArray(), _waiters.ToArray(), _permits);

        // From a free record: nobody knows the fence before the store has drawn, so the tokens count back from it.
        var holders = _holders.ToArray();
        foreach (ref var holder in holders.AsSpan()) holder = holder with { Token = holder.Token - _drawn, LastToken = holder.LastToken - _drawn };
        return new LockRecord(fence: 0, holders, _waiters.ToArray(), _permits);
    }

    private static long KeepUntil(LockRecord record)
    {
        long last = 0;
        foreach (ref readonly var holder in record.Holders) last = Math.Max(last, holder.ExpiresAt);
        return record.Waiters.Length > 0 ? last + LockRecord.Grace : last;
    }

    private readonly int HolderOf(ContenderId id)
    {
        var holders = _holders.Items;
        for (var i = 0; i < holders.Length; i++)
        {
            if (holders[i].Id == id) return i;
        }
        return -1;
    }

    private readonly int WaiterOf(ContenderId id)
    {
        var waiters = _waiters.Items;
        for (var i = 0; i < waiters.Length; i++)
        {
            if (waiters[i].Id == id) return i;
        }
        return -1;
    }

    private readonly long ExpiryOf(long timeToLive) => Math.Min(_circumstances.Now + Math.Min(timeToLive, StoreTime.Latest), StoreTime.Latest);
}
