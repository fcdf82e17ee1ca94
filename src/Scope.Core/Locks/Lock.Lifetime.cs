namespace GoGoScope;

// How a lock ends: disposed, or with the scope or token that it was created with.
public sealed partial class Lock
{
    private Gate _lifetimeGate;
    private bool _isDisposed;
    private bool _endedWithScope;
    private CancellationTokenSource? _lifetime;
    private CancellationTokenRegistration _outerRegistration;

    /// <summary>
    /// Cancelled when the lock was disposed or the token it was created with is cancelled. Created by the first request
    /// that has to wait; most locks never need it.
    /// </summary>
    internal CancellationToken Lifetime => (_lifetime ?? BeginLifetime()).Token;

    /// <summary>What ends the lock from outside: its scope, or the token that it was created with.</summary>
    private CancellationToken OuterLifetime => _scope?.Token ?? _givenLifetime;

    internal bool IsDisposed => Volatile.Read(ref _isDisposed);

    private bool HasEnded => IsDisposed || (_scope is not null ? _scope.IsCancelled : _givenLifetime.IsCancellationRequested);

    /// <summary>
    /// Closes the lock: those who wait fail with <see cref="ObjectDisposedException"/>, and so do later requests. Guards
    /// that were granted stay valid until they are disposed themselves. Disposing again does nothing.
    /// </summary>
    public ValueTask DisposeAsync()
    {
        _lifetimeGate.Enter();
        var isFirst = !_isDisposed;
        Volatile.Write(ref _isDisposed, true);
        var registration = _outerRegistration;
        _lifetimeGate.Exit();
        // By each: nobody's call returns while the lock can still be taken.
        _entry?.EndShortWay();
        if (!isFirst) return ValueTask.CompletedTask;

        registration.Unregister();
        LeaveScopeIfDone();
        _lifetime?.Cancel();
        return ValueTask.CompletedTask;
    }

    /// <summary>The end of the scope: also releases guards that were left undisposed.</summary>
    internal async ValueTask EndWithScopeAsync()
    {
        // Before the lock is closed, so that nobody who waits takes the end of the scope for that of the lock.
        if (!IsDisposed) Volatile.Write(ref _endedWithScope, true);
        await DisposeAsync().ConfigureAwait(false);
        ReleaseHolds();
    }

    /// <summary>The error for a request that comes when the lock has ended.</summary>
    internal Exception Ended() => IsDisposed ? Disposed() : OuterLifetimeEnded();

    /// <summary>The error for a request that was waiting when the lock ended.</summary>
    internal Exception WaitEnded() =>
        IsDisposed && !Volatile.Read(ref _endedWithScope) ? Disposed() : OuterLifetimeEnded();

    private ObjectDisposedException Disposed() => new(_semaphore is null ? nameof(Lock) : nameof(AsyncSemaphore), $"{this} was disposed.");

    private OperationCanceledException OuterLifetimeEnded() =>
        new($"The scope or token that {this} was created with was cancelled.", OuterLifetime);

    internal void EndWaits()
    {
        _entry?.EndWaits();
        _memory?.EndWaits(Key!, _keyHash, this);
    }

    internal LockSnapshot? OwnSnapshot() => _entry?.ToSnapshot();

    private CancellationTokenSource BeginLifetime()
    {
        var lifetime = new CancellationTokenSource();
        lifetime.Token.UnsafeRegister(static ended => ((Lock)ended!).EndWaits(), this);
        if (Interlocked.CompareExchange(ref _lifetime, lifetime, null) is { } other) return other;

        var registration = OuterLifetime.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), lifetime);
        _lifetimeGate.Enter();
        var isDisposed = _isDisposed;
        if (!isDisposed) _outerRegistration = registration;
        _lifetimeGate.Exit();

        if (isDisposed)
        {
            registration.Unregister();
            lifetime.Cancel();
        }
        return lifetime;
    }
}
