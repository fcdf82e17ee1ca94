using System.Diagnostics;

namespace GoGoScope;

/// <summary>One grant of a key of a store, to one guard: held until it is released, or until its lease can no longer be relied upon.</summary>
internal sealed partial class LeasedHold : LockHold
{
    private enum State { Held, Released, Lost }

    private readonly KeyAgent _agent;
    private readonly LockOptions _options;
    private readonly Scope? _scope;
    private readonly long _childMark;

    // Guards what follows; nothing that calls out or waits runs inside it.
    private readonly object _gate = new();
    private volatile State _state;
    private long _relyUntil;
    private CancellationTokenSource? _lost;
    private string _whyLost = "";

    internal LeasedHold(KeyAgent agent, Attempt attempt, long token, long relyUntil)
    {
        _agent = agent;
        ref readonly var request = ref attempt.Request;
        _options = request.Options;
        _scope = request.Scope;
        _childMark = _scope?.LastChildStarted ?? 0;
        Contender = attempt.Contender;
        Token = token;
        _timeToLive = TimeSpan.FromMicroseconds(Contender.TimeToLive);
        _end = new LeaseEnd(this);
        _renewal = new LeaseRenewal(this);
        _isRenewedByItself = _options.AutoRenew;
        _longestUntil = _options.MaxHold is { } longest ? agent.Deadlines.Later(agent.Deadlines.Now, longest) : long.MaxValue;
        _relyUntil = Math.Min(relyUntil, _longestUntil);
    }

    internal Contender Contender { get; }

    internal ContenderId Id => Contender.Id;

    internal long Token { get; }

    private bool IsHeldNow => _state == State.Held && _agent.Deadlines.Now < Volatile.Read(ref _relyUntil);

    /// <summary>Makes the scope that asked release it at its end; false if that has come.</summary>
    internal bool TryBelongToScope() => _scope is null || _scope.TryOwn(_ownership ??= new LeaseOwnership(this), Token);

    internal LockHolder ToSnapshot() => new(Contender.Owner, Contender.Mode, Token, _scope?.Name) { Asker = _scope };

    /// <summary>The lease is over although the guard was not disposed, unless it is not held any more.</summary>
    internal void Lose(string why) => _ = LoseAsync(why);

    /// <summary>As <see cref="Lose"/>; complete when the store knows.</summary>
    internal Task LoseAsync(string why)
    {
        CancellationTokenSource? lost;
        TaskCompletionSource? asked;
        lock (_gate)
        {
            if (_state != State.Held) return Task.CompletedTask;
            (asked, _asked) = (_asked, null);
            _whyLost = why;
            lost = _lost;
            _state = State.Lost;
        }
        var left = Leave();
        asked?.SetException(Loss());
        LeaseLoss.Tell(lost, Loss(), _scope, cancelScope: _options.OnLost == LeaseLossAction.CancelScope);
        return left;
    }

    protected internal override bool IsHeld(long token) => token == Token && IsHeldNow;

    protected internal override string? KeyOf(long token) => Readable(token)._agent.Key;

    protected internal override string OwnerOf(long token) => Readable(token).Contender.Owner;

    protected internal override LockMode ModeOf(long token) => Readable(token).Contender.Mode;

    protected internal override CancellationToken LostTokenOf(long token)
    {
        lock (_gate)
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
        if (token == Token && _state == State.Held) Lose("its time was up before it was renewed");
        throw token == Token && _state == State.Lost ? Loss() : Released();
    }

    protected internal override ValueTask ReleaseAsync(long token)
    {
        TaskCompletionSource? asked;
        lock (_gate)
        {
            if (token != Token || _state != State.Held) return default;
            _state = State.Released;
            (asked, _asked) = (_asked, null);
        }
        asked?.SetException(Released());
        var left = Leave();
        if (_scope is not null && _scope.HasRunningChildAfter(_childMark)) _scope.GuardReleased(_agent.Key, _childMark);
        return left.IsCompleted ? default : new ValueTask(UntilLeftAsync(left));
    }

    private Task Leave()
    {
        _agent.Deadlines.Cancel(_end);
        _agent.Deadlines.Cancel(_renewal);
        if (_ownership is not null) _scope!.Disown(_ownership);
        return _agent.Leave(this);
    }

    /// <summary>Waits for the store, within bounds: whether it knows of the release or not, the lease ends.</summary>
    private async Task UntilLeftAsync(Task left)
    {
        var options = _agent.Options;
        var remains = options.TimeProvider.GetElapsedTime(_agent.Deadlines.Now, Volatile.Read(ref _relyUntil));
        var longest = remains < options.ReleaseTimeout ? remains : options.ReleaseTimeout;
        if (longest <= TimeSpan.Zero) return;
        await left.WaitAsync(longest, options.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private LeaseLostException Loss() => new(_agent.Key, Token, _whyLost);

    private LeasedHold Readable(long token) => token == Token && _state != State.Released ? this : throw Released();

    private LeaseOwnership? _ownership;

    private sealed class LeaseOwnership(LeasedHold hold) : Owned
    {
        internal override ValueTask ReleaseAsync(long stamp) => hold.ReleaseAsync(stamp);

        internal override string Describe() => hold.Describe(hold.Token);
    }
}
