using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// What this process holds of a key: one holder in the record, with the tokens that were drawn for it. Guards of the process hold
/// it one after another, or together if they read. All of it under the agent's gate.
/// </summary>
internal sealed partial class KeyLease : Deadline
{
    private readonly KeyAgent _agent;
    private readonly List<LeasedHold> _guards = new(1);
    private long _nextToken;
    private long _lastToken;
    private bool _hasDrawnMany;
    private bool _hasServed;
    private LeaveWait? _left;

    /// <param name="agent">The agent of the key.</param>
    /// <param name="id">Who was granted it.</param>
    /// <param name="kind">What lease it is.</param>
    /// <param name="for">The request that it is for, if it is for one alone, or if that is the first.</param>
    internal KeyLease(KeyAgent agent, ContenderId id, LeaseKind kind, Attempt? @for)
    {
        _agent = agent;
        Id = id;
        Kind = kind;
        For = @for;
        Length = TimeSpan.FromMicroseconds(kind.TimeToLive);
    }

    internal ContenderId Id { get; }

    internal LeaseKind Kind { get; }

    /// <summary>Whether all who hold it belong to scopes that nobody waits for any more: it ends by itself, and not before.</summary>
    internal bool IsAbandoned => _guards.Count > 0 && _guards.TrueForAll(static hold => hold.IsAbandoned);

    /// <summary>The request that brought it, until that holds it or is over.</summary>
    internal Attempt? For { get; set; }

    internal TimeSpan Length { get; }

    internal IReadOnlyList<LeasedHold> Guards => _guards;

    internal bool IsIdle => _guards.Count == 0;

    /// <summary>Granted by the store just now: whose turn it is holds it, whoever else waits.</summary>
    internal bool IsFresh { get; set; } = true;

    /// <summary>It was lost: nobody holds it any more, and it has only to leave the record.</summary>
    internal bool IsOver { get; private set; }

    /// <summary>The store is being asked to take it out of the record: nobody may hold it until the answer is there.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>The store was asked to take it out, and what became of that is not known: it may still do so, and nobody may ever hold it again.</summary>
    internal bool MayHaveLeft { get; set; }

    /// <summary>Somebody of this process is to be served by it, as things stood when it was last asked what has to become of the record.</summary>
    internal bool IsKept { get; set; }

    /// <summary>When its last guard let go of it; null if it never had one.</summary>
    internal long? IdleSince { get; private set; }

    /// <summary>Whether its process is told when another one comes to wait for it.</summary>
    internal bool HandsOn { get; private set; }

    internal bool HasToken => _nextToken <= _lastToken;

    /// <summary>Whether it goes from guard to guard so fast that more tokens are to be drawn before the last one is used.</summary>
    internal bool RunsLow => _hasDrawnMany && !IsSpent && !IsOver && _lastToken - _nextToken < RecordLimits.MaxDraw / 4;

    internal long LastUsedToken => _nextToken - 1;

    /// <summary>What it lacks to serve another guard the store could not give: until the record changes.</summary>
    internal bool IsSpent { get; set; }

    /// <summary>Its last guard waits until it stands in the record no longer, or until somebody else of this process holds it.</summary>
    internal LeaveWait WaitForLeave()
    {
        Debug.Assert(_left is null, "two guards wait for the same lease to leave");
        return _left = new LeaveWait(_agent.Deadlines);
    }

    /// <summary>Takes note of what the record says of it.</summary>
    internal void Notice(in RecordHolder holder)
    {
        if (holder.LastToken > _lastToken) _hasDrawnMany = holder.LastToken - Math.Max(_lastToken, holder.Token) > RecordLimits.MaxDraw / 2;
        HandsOn = holder.HandsOn;
        _nextToken = Math.Max(_nextToken, holder.Token);
        _lastToken = Math.Max(_lastToken, holder.LastToken);
        Extend(holder.ExpiresAt);
    }

    /// <summary>Gives it to a guard.</summary>
    internal LeasedHold Grant(in LockRequest request)
    {
        Debug.Assert(!IsOver && !IsLeaving && !MayHaveLeft && HasToken, "a lease is given to a guard that can't be relied upon");
        Debug.Assert(IsIdle || Kind.Mode == LockMode.Read, "an exclusive hold is not alone");
        var hold = new LeasedHold(this, in request, _nextToken++) { IsHandedOn = _hasServed };
        _hasServed = true;
        _guards.Add(hold);
        For = null;
        return hold;
    }

    /// <summary>A guard has let go of it.</summary>
    internal void Drop(LeasedHold hold, long now)
    {
        _guards.Remove(hold);
        IdleSince = now;
    }

    /// <summary>Nobody holds it any more; those who did are to be told.</summary>
    internal List<LeasedHold> End()
    {
        IsOver = true;
        List<LeasedHold> guards = [.. _guards];
        _guards.Clear();
        return guards;
    }

    /// <summary>Whoever waits for it to leave, to be told once the gate is open.</summary>
    internal LeaveWait? TakeLeft()
    {
        var left = _left;
        _left = null;
        return left;
    }

    internal KeyAgent Agent => _agent;

    internal override void OnDue(long now) => _agent.Due(this, now);
}
