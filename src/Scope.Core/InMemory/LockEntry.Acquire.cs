using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope;

// How a request gets the lock at once, is refused, or becomes a waiter.
internal sealed partial class LockEntry
{
    /// <summary>
    /// The short way for a key that nobody waits for and whose holders admit the request, on a lease that does not end by
    /// itself. Null, with the gate still closed, if it is not like that.
    /// </summary>
    internal Hold? TryTakeFreeAndExitGate(LockMode mode, LockOptions options, Scope? scope, Lock? @lock, out long token)
    {
        token = 0;
        if (Telemetry.IsOn || HasWaiters || !Admits(mode) || TryHoldHoldingGate(mode, options, scope, @lock) is not { } hold) return null;
        token = hold.Token;
        Stripe.Gate.Exit();
        return hold;
    }

    internal Answer Acquire(in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        EnterGate();
        return AcquireAndExitGate(in request, answersNull, cancellationToken);
    }

    /// <summary>Decides a request. Those who want null instead of an error when the time is up say so with <paramref name="answersNull"/>.</summary>
    internal Answer AcquireAndExitGate(in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        if (request.Permits != _permits && !TryAgreeHoldingGate(request.Permits)) return RefuseOtherUseAndExitGate(in request);
        if (Admits(request.Mode, request.Weight) && MayGoFirst(in request)) return GrantAndExitGate(in request);
        if (request.Timeout == TimeSpan.Zero) return RefuseAndExitGate(in request, answersNull);
        return WaitAndExitGate(in request, answersNull, cancellationToken);
    }

    private Answer GrantAndExitGate(in LockRequest request)
    {
        var hold = TryHoldHoldingGate(request.Mode, request.Options, request.Scope, request.Lock, request.Weight);
        var token = hold?.Token ?? 0;
        var observation = hold is not null && Telemetry.IsOn ? hold.Observation = new LockObservation(in request, InMemoryLockProvider.ProviderName) : null;
        if (hold is not null) _queue?.CountPassedOver(WaitQueue.NewestTicket, own: null);
        var next = SettleHoldingGate();
        Stripe.Gate.Exit();

        Waiter.Wake(next);
        if (hold is null) return Answer.Refused(request.Ended());
        observation?.GrantedAtOnce(token);
        hold.StartLease(token, in request);
        return Answer.Granted(hold, token);
    }

    private Answer RefuseAndExitGate(in LockRequest request, bool answersNull)
    {
        var holder = HolderHoldingGate();
        Stripe.Gate.Exit();
        if (TelemetryMaking.IsOver && Telemetry.Acquisitions.Enabled) new LockObservation(in request, InMemoryLockProvider.ProviderName).RefusedAtOnce();
        return answersNull ? Answer.NotInTime : Answer.Refused(WaitOutcome.TimedOut.ToException(in request, holder, CancellationToken.None));
    }

    private Answer WaitAndExitGate(in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        var waiter = Stripe.RentWaiterHoldingGate();
        var observation = Telemetry.WatchesWaits ? new LockObservation(in request, InMemoryLockProvider.ProviderName) : null;
        waiter.Prepare(this, in request, answersNull, observation);
        if (!waiter.TryJoinWaits())
        {
            ForgetIfUnusedHoldingGate();
            Stripe.Gate.Exit();
            return Answer.Refused(request.Ended());
        }
        (_queue ??= new WaitQueue()).Add(waiter);
        AssertInvariantsHoldingGate();
        // Once the gate is open it may be granted, but not used for another wait before its caller has seen that.
        var answer = Answer.Waiting(waiter);
        Stripe.Gate.Exit();

        observation?.Waits();
        observation?.Contends();
        waiter.Watch(cancellationToken);
        return answer;
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
