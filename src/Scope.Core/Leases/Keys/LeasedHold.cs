namespace GoGoScope;

/// <summary>One grant of a key of a store, to one guard: held until it is released, or until its lease can no longer be relied upon.</summary>
/// <remarks>What changes is changed under the agent's gate.</remarks>
internal sealed partial class LeasedHold : LockHold
{
    private enum State { Held, Released, Lost }

    private readonly KeyLease _lease;
    private readonly string _owner;
    private readonly Scope? _scope;
    private readonly LeaseLossAction _onLost;
    private readonly long _childMark;
    private volatile State _state;
    private CancellationTokenSource? _lost;
    private string _whyLost = "";
    private LeaseOwnership? _ownership;

    // Whoever takes it tells of the end.
    private LockObservation? _observation;

    internal LeasedHold(KeyLease lease, in LockRequest request, long token)
    {
        _lease = lease;
        _owner = request.Owner;
        _scope = request.Scope;
        _onLost = request.Options.OnLost;
        _childMark = _scope?.LastChildStarted ?? 0;
        Token = token;
    }

    internal long Token { get; }

    internal KeyLease Lease => _lease;

    internal string Owner => _owner;

    /// <summary>Whether the store was not asked for it, because this process had the key.</summary>
    internal bool IsHandedOn { get; init; }

    internal bool IsAbandoned => _scope is { IsAbandoned: true };

    private KeyAgent Agent => _lease.Agent;

    private bool IsHeldNow => _state == State.Held && Agent.Deadlines.Now < _lease.RelyUntil;

    /// <summary>Makes the scope that asked release it at its end; false if that has come.</summary>
    internal bool TryBelongToScope()
    {
        if (_scope is null) return true;
        if (!_scope.TryOwn(_ownership ??= new LeaseOwnership(this), Token)) return false;
        // Lost before anybody had it: there was nothing to disown then.
        if (_state == State.Lost) Disown();
        return true;
    }

    internal LockHolder ToSnapshot() => new(_owner, _lease.Kind.Mode, Token, _scope?.Name) { Asker = _scope, Weight = _lease.Kind.Weight };

    /// <summary>Under the agent's gate: whether this ends it.</summary>
    internal bool TryRelease()
    {
        if (_state != State.Held) return false;
        _state = State.Released;
        return true;
    }

    /// <summary>Under the agent's gate: the lease is over. What is to be told is answered, for when the gate is open.</summary>
    internal Action Lose(string why)
    {
        _whyLost = why;
        _state = State.Lost;
        var lost = _lost;
        return () =>
        {
            Disown();
            LeaseLoss.Tell(lost, Loss(), Agent.ProviderName, _scope, cancelScope: _onLost == LeaseLossAction.CancelScope, TakeObservation());
        };
    }

    protected internal override bool IsHeld(long token) => token == Token && IsHeldNow;

    protected internal override string? KeyOf(long token) => Readable(token).Agent.Key;

    protected internal override string OwnerOf(long token) => Readable(token)._owner;

    protected internal override LockMode ModeOf(long token) => Readable(token)._lease.Kind.Mode;

    protected internal override int WeightOf(long token) => Readable(token)._lease.Kind.Weight;

    protected internal override CancellationToken LostTokenOf(long token)
    {
        lock (Agent.Gate)
        {
            return _state switch
            {
                State.Lost => new CancellationToken(canceled: true),
                State.Held => (_lost ??= new CancellationTokenSource()).Token,
                _ => _lost?.Token ?? CancellationToken.None,
            };
        }
    }

    protected internal override void ThrowIfLost(long token)
    {
        if (token == Token && IsHeldNow) return;
        if (token != Token) throw Released();
        if (_state == State.Held) Agent.Due(_lease, Agent.Deadlines.Now);
        // The store may just have moved its end.
        if (WhyNot is { } why) throw why;
    }

    protected internal override ValueTask RenewAsync(long token, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);
        try
        {
            ThrowIfLost(token);
        }
        catch (Exception lost)
        {
            return ValueTask.FromException(lost);
        }
        return _lease.IsRenewedByItself ? default : new ValueTask(Agent.RenewAsync(this, timeToLive).WaitAsync(cancellationToken));
    }

    protected internal override ValueTask ReleaseAsync(long token)
    {
        if (token != Token || !Agent.TryRelease(this, out var left)) return default;
        Disown();
        TellReleased();
        if (_scope is not null && _scope.HasRunningChildAfter(_childMark)) _scope.GuardReleased(Agent.Key, _childMark);
        return left is null ? default : UntilLeftAsync(left);
    }

    /// <summary>Why it is not held any more; null if it is.</summary>
    internal Exception? WhyNot => _state switch
    {
        State.Held => null,
        State.Lost => Loss(),
        _ => Released(),
    };

    private LeaseLostException Loss() => new(LockText.Describe(Agent.Key, _lease.Kind.Mode), Agent.Key, Token, _whyLost);

    private void Disown()
    {
        if (_ownership is not null) _scope!.Disown(_ownership);
    }

    /// <summary>Waits for the store, within bounds: whether it knows of the release or not, the lease ends.</summary>
    private ValueTask UntilLeftAsync(LeaveWait left)
    {
        var deadlines = Agent.Deadlines;
        return left.UntilAsync(Math.Min(_lease.RelyUntil, deadlines.Later(deadlines.Now, Agent.Options.ReleaseTimeout)));
    }

    private LeasedHold Readable(long token) => token == Token && _state != State.Released ? this : throw Released();

    private sealed class LeaseOwnership(LeasedHold hold) : Owned
    {
        internal override ValueTask ReleaseAsync(long stamp) => hold.ReleaseAsync(stamp);

        internal override string Describe() => hold.Describe(hold.Token);
    }
}
