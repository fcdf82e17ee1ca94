namespace GoGoScope;

/// <summary>What became of a request when it reached its entry: granted, refused, or waiting.</summary>
internal readonly struct Admission
{
    private readonly Waiter? _waiter;
    private readonly LockGuard _guard;
    private readonly WaitOutcome _outcome;
    private readonly string? _holder;

    private Admission(WaitOutcome outcome, Waiter? waiter, LockGuard guard, string? holder) =>
        (_outcome, _waiter, _guard, _holder) = (outcome, waiter, guard, holder);

    internal static Admission Granted(LockGuard guard) => new(WaitOutcome.Granted, null, guard, null);

    internal static Admission Waiting(Waiter waiter) => new(WaitOutcome.Waiting, waiter, default, null);

    internal static Admission Refused(WaitOutcome outcome, string? holder) => new(outcome, null, default, holder);

    internal ValueTask<LockGuard> ToTask(in LockRequest request) => _outcome switch
    {
        WaitOutcome.Granted => new(_guard),
        WaitOutcome.Waiting => _waiter!.Task,
        _ => Refusal.Because<LockGuard>(Error(in request)),
    };

    internal ValueTask<LockGuard?> ToTryTask(in LockRequest request) => _outcome switch
    {
        WaitOutcome.Granted => new(_guard),
        WaitOutcome.Waiting => _waiter!.TryTask,
        WaitOutcome.TimedOut => default,
        _ => Refusal.Because<LockGuard?>(Error(in request)),
    };

    private Exception Error(in LockRequest request) => _outcome == WaitOutcome.Ended
        ? request.Ended()
        : _outcome.ToException(in request, _holder, CancellationToken.None);
}
