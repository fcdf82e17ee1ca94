namespace GoGoScope;

/// <summary>
/// A child with a result, started by <see cref="Scope.Start{T}(Func{CancellationToken, Task{T}})"/>. May be awaited any
/// number of times; need not be awaited at all, for its scope waits for it and reports its failure.
/// </summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <remarks>
/// Whoever awaits it, or takes it <see cref="AsTask"/>, has observed its failure: with
/// <see cref="FailurePolicy.Supervise"/> the scope then counts it as handled.
/// </remarks>
/// <example>
/// <code>
/// var price = s.Start(ct => GetPriceAsync(item, ct));
/// var stock = s.Start(ct => GetStockAsync(item, ct));
/// return new Offer(await price, await stock);
/// </code>
/// </example>
public sealed class ScopeTask<T>
{
    private readonly ResultChild<T> _child;

    internal ScopeTask(ResultChild<T> child) => _child = child;

    /// <summary>For <c>await</c>: throws the child's failure as itself, or <see cref="OperationCanceledException"/> if the scope's cancellation ended it.</summary>
    public ScopeTaskAwaiter<T> GetAwaiter() => ConfigureAwait(continueOnCapturedContext: true);

    /// <summary>For <c>await</c> with a choice: whether to continue on the caller's context, as <see cref="Task.ConfigureAwait(bool)"/> does.</summary>
    public ScopeTaskAwaiter<T> ConfigureAwait(bool continueOnCapturedContext) => new(_child, continueOnCapturedContext);

    /// <summary>The same as a <see cref="Task{T}"/>, for <see cref="Task.WhenAny(Task[])"/> and the like. Its failure counts as observed from now on.</summary>
    public Task<T> AsTask()
    {
        _child.FailureObserved = true;
        return _child.Task;
    }
}
