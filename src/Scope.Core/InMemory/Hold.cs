using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// One grant of an entry, exclusive or read. Used again for later grants; <see cref="Token"/> tells them apart.
/// </summary>
/// <remarks>
/// All fields are written under the stripe's gate. A hold whose lease was lost keeps its token and is never used again,
/// so that its guard can still be told what happened.
/// </remarks>
internal sealed partial class Hold(LockEntry entry) : LockHold
{
    private readonly Stripe _stripe = entry.Stripe;

    internal LockEntry Entry = entry;

    /// <summary>The fencing token of the current grant; zero while nobody holds it.</summary>
    internal long Token;
    internal LockMode Mode;

    /// <summary>How many permits it holds, if it is one of a semaphore.</summary>
    internal int Weight;

    /// <summary>Whether it is one of a semaphore without a key, for good.</summary>
    internal bool IsOfSemaphore;

    /// <summary>Links those of a semaphore that are held by nobody.</summary>
    internal Hold? NextFree;
    internal LockOptions Options = LockOptions.Default;
    internal Scope? Scope;

    /// <summary>The lock that asked; null for a scope's own helpers.</summary>
    internal Lock? Lock;

    /// <summary>The wait that this grant ended; it goes back to the pool with the release. Null for a grant without a wait.</summary>
    internal Waiter? Waiter;

    /// <summary>The request that it was granted to, if somebody listens.</summary>
    internal LockObservation? Observation;

    /// <summary>The last child that <see cref="Scope"/> had started when this was granted.</summary>
    internal long ChildMark;

    /// <summary>Its place in the scope's owned list, for grants of a key to a scope without a lock in between.</summary>
    internal HoldOwnership? Ownership;

    // Its place among the grants of a key to a lock of a scope.
    internal Hold? NewerOfLock;
    internal Hold? OlderOfLock;

    /// <summary>The end of the lease, if it ends by itself; a new one for each grant.</summary>
    internal HoldExpiry? Expiry;

    // The entry's list of read holds beside its resident one; the stripe's pool.
    internal Hold? Previous;
    internal Hold? Next;

    private CancellationTokenSource? _lost;
    private string? _lostKey;
    private bool _isLost;

    internal string Owner => Options.Owner ?? Scope?.Name ?? LockRequest.ProcessOwner;

    /// <summary>Whether the grant with <paramref name="token"/> was not released, be its lease lost or not.</summary>
    internal bool IsOf(long token) => CurrentToken == token;

    internal bool IsCurrentHoldingGate(long token) => Token == token && token != 0 && !_isLost;

    /// <summary>Makes it the hold of a grant; false if the scope or lock that asks for it has ended by now.</summary>
    internal bool TryTakeHoldingGate(long token, LockMode mode, LockOptions options, Scope? scope, Lock? @lock)
    {
        Debug.Assert(Token == 0 && !_isLost && Expiry is null, "a hold was granted while it was held");
        if (scope is not null)
        {
            ChildMark = scope.LastChildStarted;
            if (Entry.IsKeyed && !TryBecomeOwnedHoldingGate(token, scope, @lock)) return false;
        }
        Mode = mode;
        // Mostly the same as last time, and a comparison is cheaper than the write barrier.
        if (Options != (object)options) Options = options;
        if (Scope != scope) Scope = scope;
        if (Lock != @lock) Lock = @lock;
        Volatile.Write(ref Token, token);
        return true;
    }

    /// <summary>Makes it the hold of another grant to the same lock.</summary>
    internal void TakeAgainHoldingGate(long token, LockMode mode)
    {
        if (Scope is { } scope) ChildMark = scope.LastChildStarted;
        Mode = mode;
        Volatile.Write(ref Token, token);
    }

    /// <summary>
    /// Sets the end of the lease, if the request wants one. Called outside the gate, for it reads the clock. A clock that
    /// throws leaves no hold behind.
    /// </summary>
    internal void StartLease(long token, in LockRequest request)
    {
        if (!request.Options.EndsByItself) return;
        try
        {
            var expiry = HoldExpiry.For(this, token, in request);
            _stripe.Gate.Enter();
            var isHeld = IsCurrentHoldingGate(token);
            if (isHeld) Volatile.Write(ref Expiry, expiry);
            _stripe.Gate.Exit();
            if (isHeld) expiry.Schedule();
        }
        catch
        {
            Entry.Release(this, token);
            throw;
        }
    }

    /// <summary>Marks the lease as lost; the source, if anybody asked for its token, is to be cancelled outside the gate.</summary>
    internal CancellationTokenSource? LoseHoldingGate()
    {
        _lostKey = Entry.Key;
        Disown();
        Volatile.Write(ref _isLost, true);
        return _lost;
    }

    /// <summary>Forgets what belonged to the grant that has ended.</summary>
    internal void ClearHoldingGate()
    {
        Disown();
        if (Entry.IsKeyed) (Scope, Lock) = (null, null);
        Observation = null;
        Volatile.Write(ref Token, 0);
        if (Expiry is null) return;
        Expiry = null;
        _lost = null;
    }

    internal LockHolder ToSnapshot() => new(Owner, Mode, Token, Scope?.Name) { Asker = Scope, Weight = Weight, Expiry = Expiry };

    internal LeaseLostException Loss(long token)
    {
        var key = _isLost ? _lostKey : Entry.Key;
        return new(LockText.Describe(key, Mode), key, token, "its time to live ended without renewal");
    }

    protected internal override bool IsHeld(long token) =>
        token != 0 && CurrentToken == token && !Volatile.Read(ref _isLost);

    protected internal override string? KeyOf(long token) =>
        Read(token, static hold => hold._isLost ? hold._lostKey : hold.Entry.Key);

    protected internal override string OwnerOf(long token) => Read(token, static hold => hold.Owner);

    protected internal override LockMode ModeOf(long token) => Read(token, static hold => hold.Mode);

    protected internal override int WeightOf(long token) => Read(token, static hold => hold.Weight);

    protected internal override CancellationToken LostTokenOf(long token)
    {
        // A lease that does not end by itself can't be lost here: its token needs no source.
        if (Expiry is null) return CancellationToken.None;

        var spare = _lost is null ? new CancellationTokenSource() : null;
        _stripe.Gate.Enter();
        var lost = Token != token || Expiry is null ? CancellationToken.None
            : _isLost ? new CancellationToken(canceled: true)
            : (_lost ??= spare ?? new CancellationTokenSource()).Token;
        _stripe.Gate.Exit();
        return lost;
    }

    protected internal override void ThrowIfLost(long token)
    {
        if (!IsHeld(token)) throw LossOrRelease(token);
    }

    protected internal override ValueTask RenewAsync(long token, TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled(cancellationToken);

        var expiry = Volatile.Read(ref Expiry);
        var now = expiry?.Now ?? 0;
        EnterGate();
        var isHeld = IsCurrentHoldingGate(token);
        var isRenewed = isHeld && (expiry is null || expiry.TryMoveHoldingGate(now, timeToLive));
        Entry.ExitGate();

        if (!isRenewed) return ValueTask.FromException(isHeld ? Loss(token) : LossOrRelease(token));
        expiry?.Schedule();
        return ValueTask.CompletedTask;
    }

    protected internal override ValueTask ReleaseAsync(long token)
    {
        if (!TryReleaseShort(token)) ReleaseOtherwise(token);
        return default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ReleaseOtherwise(long token)
    {
        if (!IsOfSemaphore || !Entry.TryReleasePermits(this, token)) Entry.Release(this, token);
    }

    protected internal override string Describe(long token)
    {
        if (Lock is not { Semaphore: { } semaphore }) return base.Describe(token);
        try
        {
            return $"{semaphore}, {LockText.Permits(WeightOf(token))}, {OwnerOf(token)}";
        }
        catch (ObjectDisposedException)
        {
            return "released";
        }
    }

    // A scope releases at its end what was taken through it. It finds the holds of its locks through these, which costs
    // nothing here, and those without a lock in its own list.
    private bool TryBecomeOwnedHoldingGate(long token, Scope scope, Lock? @lock) =>
        @lock is not null ? @lock.TryAddHoldingGate(this) : scope.TryOwn(Ownership ??= new HoldOwnership(this), token);

    private void Disown()
    {
        // A lock without a key belongs to its scope for good, and its holds with it.
        if (Scope is null || !Entry.IsKeyed) return;
        if (Lock is not null) Lock.RemoveHoldingGate(this);
        else Scope.Disown(Ownership!);
    }

    private Exception LossOrRelease(long token)
    {
        _stripe.Gate.Enter();
        var isLost = Token == token && token != 0 && _isLost;
        _stripe.Gate.Exit();
        return isLost ? Loss(token) : Released();
    }

    /// <summary>Not by the entry, which may be another by the time that the gate is entered, of the same stripe.</summary>
    private void EnterGate()
    {
        _stripe.Gate.Enter();
        Entry.CloseShortWayHoldingGate();
    }

    private T Read<T>(long token, Func<Hold, T> read)
    {
        EnterGate();
        var isCurrent = Token == token && token != 0;
        var value = isCurrent ? read(this) : default;
        Entry.ExitGate();
        return isCurrent ? value! : throw Released();
    }
}
