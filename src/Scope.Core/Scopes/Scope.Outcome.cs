using System.Runtime.ExceptionServices;

namespace GoGoScope;

// What went wrong, and what the scope throws because of it.
public sealed partial class Scope
{
    /// <summary>Who asks for the outcome, which decides what is news.</summary>
    private enum Asks : byte { Join, Run, Dispose }

    // Written under the gate.
    private FailureList? _failures;
    private FailureList? _teardownFailures;
    private bool _cutThrown;

    // The cancellation ended the body, or a child, or kept one from running.
    private OperationCanceledException? _bodyCut;
    private volatile bool _childCut;
    private Exception? _cutError;

    /// <summary>
    /// The failures of children, body and callbacks so far, in the order in which they happened, each exception once. A
    /// snapshot. Cancellations that were asked for are no failures. With <see cref="FailurePolicy.Supervise"/> those that somebody has observed may
    /// be missing; of more than 2,048 others some in the middle are, and a <see cref="ForgottenFailuresException"/> stands there with their number.
    /// </summary>
    public IReadOnlyList<Exception> Failures
    {
        get
        {
            if (Volatile.Read(ref _failures) is null) return [];
            var errors = new List<Exception>();
            _gate.Enter();
            foreach (var failure in _failures!) errors.Add(failure.Error);
            _gate.Exit();
            return [.. errors.Distinct<Exception>(ReferenceEqualityComparer.Instance)];
        }
    }

    /// <summary>Records how a child ended; true if that is a failure, false if it answered the scope's cancellation.</summary>
    internal bool ChildFailed(Child child, Exception error)
    {
        if (AnswersCancellation(error))
        {
            _childCut = true;
            return false;
        }
        Record(ref _failures, new Failure(error, child));
        var cancelled = _options.FailurePolicy == FailurePolicy.FailFast ? CancelForFailure(error, $"Child #{child.Number}") : null;
        GoGoScopeEventSource.Log?.ChildFailed(this, child, error);
        TellCancelled(cancelled);
        return true;
    }

    internal void ChildNeverRan() => _childCut = true;

    private void BodyFailed(Exception error)
    {
        if (AnswersCancellation(error))
        {
            _bodyCut = error as OperationCanceledException ?? new OperationCanceledException(error.Message, error);
            return;
        }
        Record(ref _failures, new Failure(error, child: null));
        TellCancelled(CancelForFailure(error, "The body"));
    }

    /// <summary>Records what nobody's task shows: the failure of a callback, or of a part of a child's work after which the child goes on.</summary>
    internal void CallbackFailed(Exception error)
    {
        Record(ref _failures, new Failure(error, child: null));
        GoGoScopeEventSource.Log?.CallbackFailed(this, error);
    }

    /// <summary>
    /// Whether <paramref name="error"/> is an answer to this scope's cancellation. One that carries a
    /// <see cref="TimeoutException"/> is somebody else's time-out, as HttpClient reports it.
    /// </summary>
    internal bool AnswersCancellation(Exception error) =>
        error is OperationCanceledException { InnerException: not TimeoutException }
            ? NoticeCancellation()
            : ReferenceEquals(error, Volatile.Read(ref _cutError));

    private void Record(ref FailureList? list, Failure failure)
    {
        _gate.Enter();
        (list ??= new FailureList(forgetsObserved: _options.FailurePolicy == FailurePolicy.Supervise)).Add(failure);
        _gate.Exit();
    }

    /// <summary>Throws the outcome, if it is anything but success. See docs/design.md for the order.</summary>
    private void ThrowOutcome(Asks who)
    {
        if (TakeOutcome(who) is { } error) ExceptionDispatchInfo.Throw(error);
    }

    private Exception? TakeOutcome(Asks who)
    {
        if (Volatile.Read(ref _failures) is null && Volatile.Read(ref _teardownFailures) is null && !_childCut && _bodyCut is null) return null;

        // With FailFast a failure has cut the siblings short, whoever has seen it.
        var alsoObserved = who != Asks.Dispose && _options.FailurePolicy == FailurePolicy.FailFast;
        var errors = new List<Exception>();
        _gate.Enter();
        Take(_failures, alsoObserved, errors);
        _gate.Exit();
        if (errors.Count == 0 && CutError(who) is { } cut) errors.Add(cut);
        _gate.Enter();
        if (who != Asks.Join) Take(_teardownFailures, alsoObserved: false, errors);
        _gate.Exit();
        return errors.Count == 0 ? null : SuppressedExceptions.Attach(errors);
    }

    private static void Take(FailureList? failures, bool alsoObserved, List<Exception> errors)
    {
        if (failures is null) return;
        foreach (var failure in failures)
        {
            if (failure.IsObserved && !alsoObserved) continue;
            failure.Thrown = true;
            errors.Add(failure.Error);
        }
    }

    /// <summary>The exception that says what cut the scope's work short, if it was cut and <paramref name="who"/> is to hear of it.</summary>
    private Exception? CutError(Asks who)
    {
        if (_bodyCut is null && !_childCut || Reason is not { } reason) return null;
        var isNews = reason.Cause switch
        {
            CancellationCause.Deadline or CancellationCause.LeaseLost => who != Asks.Dispose || !_cutThrown,
            CancellationCause.Caller or CancellationCause.Parent => who != Asks.Dispose,
            // Whoever asked for it knows, except for a body that can't go on.
            _ => who == Asks.Run && _bodyCut is not null,
        };
        if (!isNews) return null;
        _cutThrown = true;
        return TheCutError(reason);
    }

    /// <summary>One for all who are told.</summary>
    private Exception TheCutError(CancellationReason reason)
    {
        Interlocked.CompareExchange(ref _cutError, CreateCutError(reason), null);
        return _cutError;
    }

    private Exception CreateCutError(CancellationReason reason) => reason.Cause switch
    {
        CancellationCause.Deadline => new ScopeTimeoutException(Name, reason.Timeout, _bodyCut),
        CancellationCause.LeaseLost => reason.Exception!,
        CancellationCause.Caller => new OperationCanceledException(reason.Message, _bodyCut, _callerToken),
        CancellationCause.Parent => new OperationCanceledException(reason.Message, _bodyCut, _parent!.Token),
        _ => new OperationCanceledException(reason.Message, _bodyCut, Token),
    };
}
