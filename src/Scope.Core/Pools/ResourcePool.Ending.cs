namespace GoGoScope;

// How a pool ends: disposed, or with the scope that it was created in.
public sealed partial class ResourcePool<T>
{
    private const int MostFailuresKept = 16;

    private readonly CancellationTokenSource _lifetime;

    // The source is disposed by the end; its token may be used after that.
    private readonly CancellationToken _lifetimeToken;
    private readonly PoolOwnership<T> _ownership;

    // Written under the gate.
    private bool _isDisposed;
    private bool _endedWithScope;
    private int _running;
    private TaskCompletionSource? _quiet;
    private List<Exception>? _failures;

    private Task? _ending;

    // The scope says so before its token has reached ours.
    private bool HasEnded => Volatile.Read(ref _isDisposed) || _scope.IsCancelled;

    /// <summary>
    /// Ends the pool: those who wait fail with <see cref="ObjectDisposedException"/>, and so do later requests; what is idle is
    /// destroyed, and what is lent is when it comes back. Returns when all of that is done: whoever holds a resource of the pool
    /// and waits for this waits for itself. Then throws what destroying resources has thrown, the first as itself with the others
    /// attached. However often it is called, the end comes once, and every call waits for it.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        lock (_lock) return new ValueTask(_ending ??= EndAsync());
    }

    /// <summary>The end of the scope, whose children have ended: what is still lent was left undisposed, and is destroyed, too.</summary>
    internal async ValueTask EndWithScopeAsync()
    {
        if (!Volatile.Read(ref _isDisposed)) Volatile.Write(ref _endedWithScope, true);
        var ending = DisposeAsync();
        while (TryTakeBack(out var slot, out var turn))
        {
            await DestroyAsync(slot!).ConfigureAwait(false);
            await turn.DisposeAsync().ConfigureAwait(false);
        }
        await ending.ConfigureAwait(false);
    }

    /// <summary>The error for who asks, or waits, when the pool has ended.</summary>
    internal Exception WhyEnded() => Volatile.Read(ref _isDisposed) && !Volatile.Read(ref _endedWithScope)
        ? new ObjectDisposedException(nameof(ResourcePool<>), $"{this} was disposed.")
        : _scope.Ended();

    private async Task EndAsync()
    {
        _gate.Enter();
        Volatile.Write(ref _isDisposed, true);
        _quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var quiet = QuietHoldingGate();
        _gate.Exit();
        quiet?.TrySetResult();

        await _turns.DisposeAsync().ConfigureAwait(false);
        var told = _lifetime.CancelAsync();
        // What destroys the resources is never run under the stack, or the lock, of whoever disposes the pool.
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        if (told.Exception is { } broken) Keep(broken);
        while (TryTakeIdle(out var slot)) await DestroyAsync(slot!).ConfigureAwait(false);
        await _quiet.Task.ConfigureAwait(false);
        _deadlines.Cancel(_refill);

        _scope.Disown(_ownership);
        _lifetime.Dispose();
        if (_failures is not null) throw SuppressedExceptions.Attach(_failures);
    }

    private bool TryTakeIdle(out PoolSlot<T>? slot)
    {
        _gate.Enter();
        slot = _idle.Newest;
        if (slot is not null) RemoveIdleHoldingGate(slot);
        _gate.Exit();
        return slot is not null;
    }

    private bool TryTakeBack(out PoolSlot<T>? slot, out SemaphoreGuard turn)
    {
        _gate.Enter();
        slot = _lent.Newest;
        turn = slot is null ? default : TakeBackHoldingGate(slot);
        _gate.Exit();
        return slot is not null;
    }

    private void Keep(Exception failure)
    {
        Report("cancel", failure);
        _gate.Enter();
        KeepHoldingGate(failure);
        _gate.Exit();
    }

    private void KeepHoldingGate(Exception failure)
    {
        _failures ??= [];
        if (_failures.Count < MostFailuresKept) _failures.Add(failure);
    }

    /// <summary>The signal of the end, if nothing exists any more and nothing is under way.</summary>
    private TaskCompletionSource? QuietHoldingGate() => _total == 0 && _running == 0 ? _quiet : null;

    /// <summary>Something is under way that the end waits for.</summary>
    private void Begin()
    {
        _gate.Enter();
        _running++;
        _gate.Exit();
    }

    /// <summary>As <see cref="Begin"/>; false if the end has come.</summary>
    private bool TryBegin()
    {
        _gate.Enter();
        var isOpen = !HasEnded;
        if (isOpen) _running++;
        _gate.Exit();
        return isOpen;
    }

    private void End()
    {
        _gate.Enter();
        _running--;
        var quiet = QuietHoldingGate();
        _gate.Exit();
        quiet?.TrySetResult();
    }
}
