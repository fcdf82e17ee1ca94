namespace GoGoScope;

/// <summary>
/// One child of a scope: a work item of the thread pool, a node of the scope's list, and the mark of its flow.
/// </summary>
internal abstract class Child(Scope scope, Delegate work) : ScopeFlow(scope), IThreadPoolWorkItem
{
    // Written under the scope's gate.
    internal long Number;
    internal Child? Previous;
    internal Child? Next;
    internal Child? NextPending;
    internal bool HasSlot;

    /// <summary>Whether it leaves the work to children of a scope of its own, and so takes no slot.</summary>
    internal bool OnlyCoordinates { get; init; }

    /// <summary>Whether it doesn't wait for a slot.</summary>
    internal bool IsStarted => HasSlot || OnlyCoordinates;

    private ExecutionContext? _context = ExecutionContext.Capture();
    private ScopeFlow? _startedBy = Current;
    private Delegate? _work = work;
    private volatile bool _failureObserved;

    /// <summary>The flow that started this child; null if that was none of a scope, or if this child has ended.</summary>
    internal ScopeFlow? StartedBy => _startedBy;

    /// <summary>Whether somebody has seen, or has asked for a task that shows, how this child ended.</summary>
    internal bool FailureObserved
    {
        get => _failureObserved;
        set => _failureObserved = value;
    }

    internal override bool IsJoined => true;

    internal override string Describe() => $"child #{Number}";

    internal void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);

    /// <summary>The child was refused, because its scope is cancelled, before it was part of it.</summary>
    internal void NeverRuns()
    {
        Scope.ChildNeverRan();
        End();
        SetCanceled(Scope.Token);
    }

    /// <summary>The child was accepted, and its scope was cancelled before it began.</summary>
    internal void Skip()
    {
        NeverRuns();
        Scope.Leave(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var context = _context;
        _context = null;
        if (Scope.IsCancelled) Skip();
        else if (context is null) Begin();
        else ExecutionContext.Run(context, static child => ((Child)child!).Begin(), this);
    }

    /// <summary>Lets go of what would keep a chain of children, each started by the one before, in memory.</summary>
    internal void EndHoldingGate()
    {
        End();
        Previous = Next = null;
        _startedBy = null;
    }

    // ExecutionContext.Run and the thread pool both restore the context when this returns.
    private void Begin()
    {
        Enter();
        _ = RunAsync();
    }

    /// <summary>
    /// Does the work, reports a failure, completes the task of whoever waits for this child, and leaves the scope, in
    /// this order: a scope that has ended has no task that is still to complete. It has ended before that task is complete: whoever
    /// has awaited it gives back what has protected it, and need not wait until it has left. Never throws.
    /// </summary>
    private protected abstract Task RunAsync();

    /// <summary>What it does, once: a child that has failed may be kept for long, and what its work has captured is not.</summary>
    private protected Delegate TakeWork()
    {
        var work = _work!;
        _work = null;
        return work;
    }

    private protected void Fail(Exception error)
    {
        var isFailure = Scope.ChildFailed(this, error);
        End();
        if (isFailure) SetException(error);
        else SetCanceled(error is OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token } ? token : Scope.Token);
    }

    private protected abstract void SetException(Exception error);

    private protected abstract void SetCanceled(CancellationToken token);
}
