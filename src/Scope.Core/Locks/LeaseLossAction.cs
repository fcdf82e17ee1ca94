namespace GoGoScope;

/// <summary>What happens, beside <see cref="LockGuard.LostToken"/>, when a lease ends under its holder.</summary>
public enum LeaseLossAction
{
    /// <summary>Nothing more: the holder watches <see cref="LockGuard.LostToken"/>.</summary>
    SignalOnly,

    /// <summary>The scope that the guard belongs to is cancelled, with the cause <see cref="CancellationCause.LeaseLost"/>.</summary>
    CancelScope,
}
