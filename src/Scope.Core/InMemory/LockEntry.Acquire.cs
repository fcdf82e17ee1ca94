using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

// How a request gets the lock at once, is refused, or becomes a waiter.
internal sealed partial class LockEntry
{
    /// <summary>
    /// The shortest way, for a lock without a key that nobody holds or waits for: its resident hold already knows the
    /// lock's options and scope, so no request needs to be made. Zero if somebody does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long TryTakeFree(Hold resident, LockMode mode)
    {
        Debug.Assert(!IsKeyed && resident == _resident, "only a lock without a key, whose leases don't end, is sure of its resident hold");
        // A lock that is seen to be held is asked for at once; whether it is, the gate decides.
        if (Volatile.Read(ref resident.Token) != 0) return 0;

        var stripe = Stripe;
        long token = 0;
        stripe.Gate.Enter();
        if (resident.Token == 0 && _readers is null && !HasWaiters)
        {
            token = stripe.NextTokenHoldingGate();
            resident.TakeAgainHoldingGate(token, mode);
        }
        stripe.Gate.Exit();
        return token;
    }

    /// <summary>The short way for a key that nobody waits for and whose holders admit the request. Null if it is not like that.</summary>
    internal Hold? TryTakeFreeHoldingGate(LockMode mode, LockOptions options, Scope? scope, Lock? @lock)
    {
        if (!HasWaiters && Admits(mode) && TryHoldHoldingGate(mode, options, scope, @lock) is { } hold) return hold;
        ForgetIfUnusedHoldingGate();
        return null;
    }

    internal ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        Stripe.Gate.Enter();
        return AcquireAndExitGate(in request, cancellationToken);
    }

    internal ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        Stripe.Gate.Enter();
        return TryAcquireAndExitGate(in request, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard> AcquireAndExitGate(in LockRequest request, CancellationToken cancellationToken) =>
        TryAcquireAtOnceAndExitGate(in request, out var guard)
            ? new(guard)
            : DecideAndExitGate(in request, answersNull: false, cancellationToken).ToTask(in request);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard?> TryAcquireAndExitGate(in LockRequest request, CancellationToken cancellationToken) =>
        TryAcquireAtOnceAndExitGate(in request, out var guard)
            ? new(guard)
            : DecideAndExitGate(in request, answersNull: true, cancellationToken).ToTryTask(in request);

    /// <summary>The common case, nobody waits and the holders admit it. Opens the gate only if it was granted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAcquireAtOnceAndExitGate(in LockRequest request, out LockGuard guard)
    {
        guard = default;
        if (HasWaiters || !Admits(request.Mode) || TryHoldHoldingGate(request.Mode, request.Options, request.Scope, request.Lock) is not { } hold) return false;
        guard = new LockGuard(hold, hold.Token);
        Stripe.Gate.Exit();
        hold.StartLease(guard.FencingToken, in request);
        return true;
    }

    private Admission DecideAndExitGate(in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        if (Admits(request.Mode) && MayGoFirst(in request))
        {
            var hold = TryHoldHoldingGate(request.Mode, request.Options, request.Scope, request.Lock);
            var guard = hold is null ? default : new LockGuard(hold, hold.Token);
            if (hold is not null) _queue?.CountPassedOver(WaitQueue.NewestTicket, own: null);
            var next = SettleHoldingGate();
            Stripe.Gate.Exit();

            Waiter.Wake(next);
            if (hold is null) return Admission.Refused(WaitOutcome.Ended, holder: null);
            hold.StartLease(guard.FencingToken, in request);
            return Admission.Granted(guard);
        }

        if (request.Timeout == TimeSpan.Zero)
        {
            var holder = HolderHoldingGate();
            Stripe.Gate.Exit();
            return Admission.Refused(WaitOutcome.TimedOut, holder);
        }

        var waiter = Stripe.RentWaiterHoldingGate();
        waiter.Prepare(this, in request, answersNull);
        if (!waiter.TryJoinWaits())
        {
            ForgetIfUnusedHoldingGate();
            Stripe.Gate.Exit();
            return Admission.Refused(WaitOutcome.Ended, holder: null);
        }
        (_queue ??= new WaitQueue()).Add(waiter);
        AssertInvariantsHoldingGate();
        Stripe.Gate.Exit();

        waiter.Watch(cancellationToken);
        return Admission.Waiting(waiter);
    }

    private bool MayGoFirst(in LockRequest request)
    {
        if (!HasWaiters || !_queue!.Blocks(request.Mode, request.Priority)) return true;
        if (!request.Options.AllowOvertaking || _woken is not { } woken || woken != _queue.Best()) return false;
        if (!woken.MayBeOvertaken || request.Priority < woken.Priority) return false;
        woken.Overtaken++;
        return true;
    }
}
