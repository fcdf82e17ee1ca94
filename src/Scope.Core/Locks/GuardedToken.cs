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
    private readonly CancellationToken _lost;
    private readonly CancellationToken _lifetime;
    private readonly CancellationToken _caller;
    private readonly LinkedToken? _linked;

    internal GuardedToken(LockGuard guard, CancellationToken lifetime, CancellationToken caller)
    {
        var lost = guard.LostToken;
        (_guard, _lost, _lifetime, _caller) = (guard, lost, lifetime, caller);
        var sources = (lost.CanBeCanceled ? 1 : 0) + (lifetime.CanBeCanceled ? 1 : 0) + (caller.CanBeCanceled && caller != lifetime ? 1 : 0);
        if (sources > 1) _linked = new LinkedToken(lost, lifetime, caller);
        Token = _linked?.Token ?? (lost.CanBeCanceled ? lost : lifetime.CanBeCanceled ? lifetime : caller);
    }

    internal CancellationToken Token { get; }

    /// <summary>
    /// What stands behind the cancellation of the work; null if it is somebody else's, or says so itself. The loss of the lease does, also if the
    /// work has linked <see cref="Token"/> with others; one that carries a <see cref="TimeoutException"/> is somebody else's time-out.
    /// </summary>
    internal Exception? Explain(OperationCanceledException cancelled)
    {
        if (_lost.IsCancellationRequested && cancelled.InnerException is not TimeoutException) return Loss(cancelled);
        if (_linked is null || cancelled.CancellationToken != Token || !Token.IsCancellationRequested) return null;
        var source = _caller.IsCancellationRequested ? _caller : _lifetime;
        return new OperationCanceledException(cancelled.Message, cancelled, source);
    }

    private LeaseLostException Loss(OperationCanceledException cancelled)
    {
        try
        {
            _guard.ThrowIfLost();
        }
        catch (LeaseLostException lost)
        {
            return new LeaseLostException(lost, cancelled);
        }
        catch (ObjectDisposedException)
        {
            // By the work, which has heard of the loss.
        }
        return new LeaseLostException($"The lease with fencing token {_guard.FencingToken} was lost, and the work under it was cancelled.", cancelled);
    }

    public void Dispose() => _linked?.Dispose();
}
