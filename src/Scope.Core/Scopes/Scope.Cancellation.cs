using System.Runtime.CompilerServices;

namespace GoGoScope;

// How cancellation comes in, is decided once, and goes out to the token and the child scopes.
public sealed partial class Scope
{
    private readonly CancellationToken _callerToken;
    private CancellationTokenRegistration _callerRegistration;

    // Created when somebody asks for the token. Never disposed: tokens may be used after the end of the scope, and a
    // source without a timer holds nothing.
    private CancellationTokenSource? _source;
    private CancellationReason? _reason;

    /// <summary>
    /// The token that is cancelled with the scope, at the latest when the scope ends. May be used after that. Callbacks that are
    /// registered with it run on the thread pool, and the end of the scope waits for them; one that throws is a failure of the
    /// scope.
    /// </summary>
    public CancellationToken Token
    {
        get
        {
            var source = Volatile.Read(ref _source);
            if (source is null && !IsCancelled) source = CreateSource();
            return source?.Token ?? new CancellationToken(canceled: true);
        }
    }

    /// <summary>Why the scope was cancelled; null while it is not. A scope that has ended is cancelled.</summary>
    public CancellationReason? Reason => Volatile.Read(ref _reason);

    internal bool IsCancelled => Volatile.Read(ref _reason) is not null;

    /// <summary>
    /// Asks all that runs in the scope and in its child scopes to stop, with the cause
    /// <see cref="CancellationCause.Requested"/>. Does not wait for it. Does nothing if the scope is cancelled or has ended.
    /// </summary>
    /// <param name="reason">Why, for <see cref="Reason"/> and for the exception of a body that was cut short.</param>
    public void Cancel(string? reason = null)
    {
        if (!IsCancelled) TryCancel(new CancellationReason(CancellationCause.Requested, reason ?? $"{Title} was cancelled.", null));
    }

    /// <summary>Cancels the scope with the cause <see cref="CancellationCause.LeaseLost"/>.</summary>
    internal void CancelForLostLease(LeaseLostException error)
    {
        TryCancel(new CancellationReason(CancellationCause.LeaseLost, error.Message, error));
    }

    private void CancelForFailure(Exception error, string who) =>
        TryCancel(new CancellationReason(CancellationCause.Failure, $"{who} of {Called} failed: {ExceptionText.Message(error)}", error));

    private void CancelByCaller() =>
        TryCancel(new CancellationReason(CancellationCause.Caller, $"{Title} was cancelled by its caller's token.", null));

    private void CancelByParent()
    {
        var why = _parent!.Reason!;
        // However deep the scope, the message is about the one where the cancellation began.
        var message = why.Cause == CancellationCause.Parent ? why.Message : $"A scope above was cancelled: {why.Message}";
        TryCancel(new CancellationReason(CancellationCause.Parent, message, why.Exception));
    }

    private void ObserveCaller()
    {
        if (_callerToken.CanBeCanceled)
            _callerRegistration = _callerToken.UnsafeRegister(static scope => ((Scope)scope!).CancelByCaller(), this);
    }

    /// <summary>
    /// Whether the scope is cancelled, or must be: whoever uses the caller's or the parent's token directly can learn
    /// of a cancellation before this scope does.
    /// </summary>
    private bool NoticeCancellation()
    {
        if (IsCancelled) return true;
        if (_callerToken.IsCancellationRequested) CancelByCaller();
        else if (_parent?.NoticeCancellation() == true) CancelByParent();
        return IsCancelled;
    }

    /// <summary>
    /// Decides for <paramref name="reason"/> unless another was first. When this returns, the tokens of the scope and of
    /// all scopes inside it are cancelled; nobody's callbacks have run under the caller's stack.
    /// </summary>
    private void TryCancel(CancellationReason reason)
    {
        _gate.Enter();
        if (_reason is not null || _phase == Phase.Closed)
        {
            _gate.Exit();
            return;
        }
        Volatile.Write(ref _reason, reason);
        // Until the callbacks have run, so that a failure of theirs is known before the scope's outcome is.
        _active++;
        var source = _source;
        var waits = _waits;
        var scopes = ChildScopesHoldingGate();
        var pending = _firstPending;
        _firstPending = _lastPending = null;
        _gate.Exit();

        GoGoScopeEventSource.Log.ScopeCancelled(this, reason);
        // Before this scope's own token fires, which their children may use, too.
        foreach (var scope in scopes) scope.CancelByParent();
        var told = source?.CancelAsync() ?? Task.CompletedTask;
        waits?.End();
        ClearDeadline();
        while (pending is not null)
        {
            var next = pending.NextPending;
            pending.NextPending = null;
            pending.Skip();
            pending = next;
        }
        if (told.IsCompletedSuccessfully) EndActivity();
        else _ = AwaitCallbacksAsync(told);
    }

    private async Task AwaitCallbacksAsync(Task told)
    {
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (told.Exception?.InnerException is AggregateException errors)
            foreach (var error in errors.InnerExceptions) CallbackFailed(error);
        EndActivity();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private CancellationTokenSource? CreateSource()
    {
        var source = new CancellationTokenSource();
        _gate.Enter();
        // A scope that was cancelled in between has had nobody to tell, and will tell nobody.
        if (_source is null && _reason is null) Volatile.Write(ref _source, source);
        source = _source;
        _gate.Exit();
        return source;
    }
}
