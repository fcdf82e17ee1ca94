using System.Diagnostics.CodeAnalysis;

namespace GoGoScope;

/// <summary>
/// The token for work under a guard: cancelled by the caller, by the scope, or when the lease is lost. Linked only if
/// more than one of them can be.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "It is disposable, which the rule does not see of a struct.")]
internal readonly struct GuardedToken : IDisposable
{
    private readonly LockGuard _guard;
    private readonly CancellationToken _lifetime;
    private readonly CancellationToken _caller;
    private readonly LinkedToken? _linked;

    internal GuardedToken(LockGuard guard, CancellationToken lifetime, CancellationToken caller)
    {
        (_guard, _lifetime, _caller) = (guard, lifetime, caller);
        var lost = guard.LostToken;
        var sources = (lost.CanBeCanceled ? 1 : 0) + (lifetime.CanBeCanceled ? 1 : 0) + (caller.CanBeCanceled && caller != lifetime ? 1 : 0);
        if (sources > 1) _linked = new LinkedToken(lost, lifetime, caller);
        Token = _linked?.Token ?? (lost.CanBeCanceled ? lost : lifetime.CanBeCanceled ? lifetime : caller);
    }

    internal CancellationToken Token { get; }

    /// <summary>What stands behind a cancellation of <see cref="Token"/>; null if it is somebody else's, or says so itself.</summary>
    internal Exception? Explain(OperationCanceledException cancelled)
    {
        if (cancelled.CancellationToken != Token || !Token.IsCancellationRequested) return null;
        if (_guard.LostToken.IsCancellationRequested)
            return new LeaseLostException($"The lease with fencing token {_guard.FencingToken} was lost, and the work under it was cancelled.", cancelled);
        if (_linked is null) return null;
        var source = _caller.IsCancellationRequested ? _caller : _lifetime;
        return new OperationCanceledException(cancelled.Message, cancelled, source);
    }

    public void Dispose() => _linked?.Dispose();
}
