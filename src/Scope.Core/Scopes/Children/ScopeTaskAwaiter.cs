using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>Awaits a <see cref="ScopeTask"/>. For the compiler.</summary>
public readonly struct ScopeTaskAwaiter : ICriticalNotifyCompletion
{
    private readonly VoidChild _child;
    private readonly ConfiguredTaskAwaitable.ConfiguredTaskAwaiter _awaiter;

    internal ScopeTaskAwaiter(VoidChild child, bool continueOnCapturedContext)
    {
        _child = child;
        _awaiter = child.Task.ConfigureAwait(continueOnCapturedContext).GetAwaiter();
    }

    /// <summary>Whether the child has ended.</summary>
    public bool IsCompleted => _awaiter.IsCompleted;

    /// <summary>Itself, so that <see cref="ScopeTask.ConfigureAwait"/> can be awaited.</summary>
    public ScopeTaskAwaiter GetAwaiter() => this;

    /// <summary>Throws the child's failure, which then counts as observed.</summary>
    public void GetResult()
    {
        _child.FailureObserved = true;
        _awaiter.GetResult();
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _awaiter.OnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);
}

/// <summary>Awaits a <see cref="ScopeTask{T}"/>. For the compiler.</summary>
/// <typeparam name="T">The type of the result.</typeparam>
public readonly struct ScopeTaskAwaiter<T> : ICriticalNotifyCompletion
{
    private readonly ResultChild<T> _child;
    private readonly ConfiguredTaskAwaitable<T>.ConfiguredTaskAwaiter _awaiter;

    internal ScopeTaskAwaiter(ResultChild<T> child, bool continueOnCapturedContext)
    {
        _child = child;
        _awaiter = child.Task.ConfigureAwait(continueOnCapturedContext).GetAwaiter();
    }

    /// <summary>Whether the child has ended.</summary>
    public bool IsCompleted => _awaiter.IsCompleted;

    /// <summary>Itself, so that <see cref="ScopeTask{T}.ConfigureAwait"/> can be awaited.</summary>
    public ScopeTaskAwaiter<T> GetAwaiter() => this;

    /// <summary>The child's result. Throws the child's failure, which then counts as observed.</summary>
    public T GetResult()
    {
        _child.FailureObserved = true;
        return _awaiter.GetResult();
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => _awaiter.OnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => _awaiter.UnsafeOnCompleted(continuation);
}
