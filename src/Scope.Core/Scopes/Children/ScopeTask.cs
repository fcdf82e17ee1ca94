namespace GoGoScope;

/// <summary>
/// A child that was started by <see cref="Scope.Start(Func{CancellationToken, Task})"/>. May be awaited any number of
/// times; need not be awaited at all, for its scope waits for it and reports its failure.
/// </summary>
/// <remarks>
/// Whoever awaits it, or takes it <see cref="AsTask"/>, has observed its failure: with
/// <see cref="FailurePolicy.Supervise"/> the scope then counts it as handled.
/// </remarks>
/// <example>
/// <code>
/// var upload = s.Start(ct => UploadAsync(file, ct));
/// await PrepareIndexAsync(s.Token);
/// await upload;
/// </code>
/// </example>
public sealed class ScopeTask
{
    private readonly VoidChild _child;

    internal ScopeTask(VoidChild child) => _child = child;

    /// <summary>For <c>await</c>: throws the child's failure as itself, or <see cref="OperationCanceledException"/> if the scope's cancellation ended it.</summary>
    public ScopeTaskAwaiter GetAwaiter() => ConfigureAwait(continueOnCapturedContext: true);

    /// <summary>For <c>await</c> with a choice: whether to continue on the caller's context, as <see cref="Task.ConfigureAwait(bool)"/> does.</summary>
    public ScopeTaskAwaiter ConfigureAwait(bool continueOnCapturedContext) => new(_child, continueOnCapturedContext);

    /// <summary>The same as a <see cref="Task"/>, for <see cref="Task.WhenAny(Task[])"/> and the like. Its failure counts as observed from now on.</summary>
    public Task AsTask()
    {
        _child.FailureObserved = true;
        return _child.Task;
    }
}
