namespace GoGoScope;

// The end of a scope: waiting for it, and bringing it about, once.
public sealed partial class Scope
{
    private TaskCompletionSource? _closed;

    /// <summary>
    /// Waits until all children have ended, also those that are started meanwhile, and throws the first failure, with the
    /// others attached (<see cref="ScopeExceptionExtensions.GetSuppressed"/>). What it has thrown counts as observed.
    /// Child scopes are not waited for.
    /// </summary>
    /// <param name="cancellationToken">Gives up the wait, not the children.</param>
    /// <exception cref="ScopeTimeoutException">The scope's deadline has cut a child short.</exception>
    /// <exception cref="LeaseLostException">A lost lease has cancelled the scope and so cut a child short.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled; or the caller's token or the parent scope has cut a child
    /// short, and then it carries the token of that one.
    /// </exception>
    /// <exception cref="InvalidOperationException">It was called by one of the scope's children, which would wait for itself.</exception>
    public async Task JoinAsync(CancellationToken cancellationToken = default)
    {
        RefuseToAwaitOneself(nameof(JoinAsync), disposing: false);
        await UntilIdleAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowOutcome(Asks.Join);
    }

    /// <summary>
    /// Ends the scope: cancels what still runs, waits for it, ends the child scopes, and releases what is owned, last in,
    /// first out, all of it even if some of it throws. Then throws the first failure that nobody has observed, with the
    /// others attached. However often it is called, the end comes once, and every call waits for it.
    /// </summary>
    /// <exception cref="ScopeTimeoutException">The scope's deadline has cut a child short, and nobody was told.</exception>
    /// <exception cref="LeaseLostException">A lost lease has cancelled the scope and so cut a child short, and nobody was told.</exception>
    /// <exception cref="InvalidOperationException">It was called by one of the scope's children, which would wait for itself.</exception>
    public async ValueTask DisposeAsync()
    {
        RefuseToAwaitOneself(nameof(DisposeAsync), disposing: true);
        await CloseAsync(letChildrenFinish: false).ConfigureAwait(false);
        ThrowOutcome(Asks.Dispose);
    }

    /// <summary>The end of a scope with a body: lets all children finish, and throws whatever else than success came of it.</summary>
    internal async Task EndAsync()
    {
        await CloseAsync(letChildrenFinish: true).ConfigureAwait(false);
        ThrowOutcome(Asks.Run);
    }

    /// <summary>
    /// Cuts the scope short because <paramref name="error"/> came out of one of its children, and gives what is to be thrown: with
    /// <see cref="FailurePolicy.FailFast"/> the first failure, which may have ended that child; else that error. The others are attached.
    /// </summary>
    internal async Task<Exception> EndAfterAsync(Exception error)
    {
        var wasCut = AnswersCancellation(error);
        await CloseAsync(letChildrenFinish: false).ConfigureAwait(false);
        // Where all children had ended, the cancellation has cut nobody but the reader short.
        if (TakeOutcome(Asks.Run) is not { } outcome) return wasCut ? TheCutError(Reason!) : error;
        return wasCut || _options.FailurePolicy == FailurePolicy.FailFast ? outcome : SuppressedExceptions.Attach([error, outcome]);
    }

    private async ValueTask CloseAsync(bool letChildrenFinish)
    {
        bool mine;
        do
        {
            if (letChildrenFinish) await UntilIdleAsync().ConfigureAwait(false);
        }
        while (!TryBeginClosing(onlyIfIdle: letChildrenFinish, out mine));

        if (mine) await TeardownAsync().ConfigureAwait(false);
        else await UntilClosedAsync().ConfigureAwait(false);
    }

    /// <summary>Whether the scope is closing now, and if so whether it is for the caller to do it.</summary>
    private bool TryBeginClosing(bool onlyIfIdle, out bool mine)
    {
        _gate.Enter();
        var closing = _phase != Phase.Open;
        mine = !closing && !(onlyIfIdle && _active != 0);
        if (mine) _phase = Phase.Closing;
        _gate.Exit();
        return closing || mine;
    }

    private async ValueTask TeardownAsync()
    {
        TryCancel(CancellationReason.Ended);
        // Until the scope is closed it may be given more: a disposable that is released may own or start something.
        do
        {
            await UntilIdleAsync().ConfigureAwait(false);
            await EndChildScopesAsync().ConfigureAwait(false);
            await ReleaseOwnedAsync().ConfigureAwait(false);
        }
        while (!TryMarkClosed());

        _callerRegistration.Unregister();
        _parent?.Unlink(this);
        Volatile.Write(ref _creator, null);
        _closed?.SetResult();
    }

    private async ValueTask EndChildScopesAsync()
    {
        while (Volatile.Read(ref _newestChildScope) is { } scope)
        {
            await scope.CloseAsync(letChildrenFinish: false).ConfigureAwait(false);
            // Whoever closed it may still be about to.
            Unlink(scope);
            if (scope.TakeOutcome(Asks.Dispose) is { } error) Record(ref _failures, new Failure(error, child: null));
        }
    }

    private async ValueTask ReleaseOwnedAsync()
    {
        if (Volatile.Read(ref _newestOwned) is null) return;

        // The mark goes no further than this method: an async method restores its caller's context.
        var flow = new TeardownFlow(this);
        flow.Enter();
        while (TryTakeNewestOwned(out var resource, out var stamp))
        {
            try
            {
                await resource.ReleaseAsync(stamp).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Record(ref _teardownFailures, new Failure(error, child: null));
            }
        }
        flow.End();
    }

    private bool TryMarkClosed()
    {
        _gate.Enter();
        var empty = _active == 0 && _newestOwned is null && _newestChildScope is null;
        if (empty) _phase = Phase.Closed;
        _gate.Exit();
        return empty;
    }

    private Task UntilClosedAsync()
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate.Enter();
        var closed = _phase == Phase.Closed;
        if (!closed) signal = _closed ??= signal;
        _gate.Exit();
        return closed ? Task.CompletedTask : signal.Task;
    }
}
