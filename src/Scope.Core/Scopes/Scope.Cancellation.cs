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
    /// When it returns the tokens of the scope and of all scopes inside it are cancelled, unless somebody else is just cancelling it: it may return before that one does.
    /// </summary>
    /// <param name="reason">Why, for <see cref="Reason"/> and for the exception of a body that was cut short.</param>
    public void Cancel(string? reason = null)
    {
        if (!IsCancelled) TryCancel(new CancellationReason(CancellationCause.Requested, reason ?? $"{Title} was cancelled.", null));
    }

    /// <summary>Cancels the scope with the cause <see cref="CancellationCause.LeaseLost"/>. Listeners are to be told of those that are answered.</summary>
    internal List<Scope>? CancelForLostLease(LeaseLostException error) =>
        CancelAll(new CancellationReason(CancellationCause.LeaseLost, error.Message, error));

    /// <inheritdoc cref="CancelForLostLease"/>
    private List<Scope>? CancelForFailure(Exception error, string who) =>
        CancelAll(new CancellationReason(CancellationCause.Failure, $"{who} of {Called} failed: {ExceptionText.Message(error)}", error));

    private void CancelByCaller() =>
        TryCancel(new CancellationReason(CancellationCause.Caller, $"{Title} was cancelled by its caller's token.", null));

    private void CancelByParent() => TryCancel(ReasonOfParent());

    private CancellationReason ReasonOfParent()
    {
        var why = _parent!.Reason!;
        // However deep the scope, the message is about the one where the cancellation began.
        var message = why.Cause == CancellationCause.Parent ? why.Message : $"A scope above was cancelled: {why.Message}";
        return new CancellationReason(CancellationCause.Parent, message, why.Exception);
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
    /// Decides for <paramref name="reason"/> unless another was first, who may still be at it when this returns. Otherwise the tokens of the scope and of
    /// all scopes inside it are cancelled then; nobody's callbacks have run under the caller's stack.
    /// </summary>
    private void TryCancel(CancellationReason reason)
    {
        if (CancelAll(reason) is not { Count: > 0 } cancelled) return;
        // Others wait for a clock or a token, too. Who cancels, or ends, a scope by himself has his own time to lose, and a context for what is logged.
        if (reason.Cause is CancellationCause.Requested or CancellationCause.Disposed) TellCancelled(cancelled);
        else TellCancelledSoon(cancelled);
    }

    private static void TellCancelledSoon(List<Scope> cancelled) => Listeners.TellSoon(() => TellCancelled(cancelled));

    /// <summary>The same, and answers which scopes are cancelled now, from the outside in, for listeners; null if there are none.</summary>
    private List<Scope>? CancelAll(CancellationReason reason)
    {
        var cancelled = GoGoScopeEventSource.Log?.IsEnabled() == true ? new List<Scope>() : null;
        CancelAll(reason, cancelled);
        return cancelled;
    }

    /// <summary>Tells listeners, when all the tokens have fired.</summary>
    internal static void TellCancelled(List<Scope>? cancelled)
    {
        if (cancelled is null) return;
        foreach (var scope in cancelled) GoGoScopeEventSource.Log?.ScopeCancelled(scope, scope.Reason!);
    }

    private void CancelAll(CancellationReason reason, List<Scope>? cancelled)
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

        cancelled?.Add(this);
        // Before this scope's own token fires, which their children may use, too.
        foreach (var scope in scopes) scope.CancelAll(scope.ReasonOfParent(), cancelled);
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
