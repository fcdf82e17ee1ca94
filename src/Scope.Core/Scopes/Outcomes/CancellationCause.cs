namespace GoGoScope;

/// <summary>Why a scope was cancelled.</summary>
public enum CancellationCause
{
    /// <summary>By <see cref="Scope.Cancel"/>.</summary>
    Requested,

    /// <summary>By the cancellation token that the scope was created with.</summary>
    Caller,

    /// <summary>The parent scope was cancelled.</summary>
    Parent,

    /// <summary>By its deadline.</summary>
    Deadline,

    /// <summary>Its body or one of its children failed.</summary>
    Failure,

    /// <summary>A guard with <see cref="LeaseLossAction.CancelScope"/> lost its lease.</summary>
    LeaseLost,

    /// <summary>It came to its end without having been cancelled before: disposed, or at the end of <c>RunAsync</c>.</summary>
    Disposed,
}
