using System.Runtime.CompilerServices;

namespace GoGoScope;

public sealed partial class Scope
{
    // The provider, if it is the one in this process.
    private readonly InMemoryLockProvider? _memory;

    private WaitList? _waits;

    /// <summary>
    /// Creates a lock without a key: it lives in this process, excludes only itself, and ends with the scope, which also releases
    /// guards of it that were left undisposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">The scope's provider spans many processes; the message says what to write instead.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    public Lock CreateLock() => new(this, LockOptions.Default);

    /// <summary>Creates a lock as <paramref name="options"/> say.</summary>
    /// <inheritdoc cref="CreateLock()" path="/exception"/>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public Lock CreateLock(LockOptions options) => new(this, options);

    /// <summary>
    /// Creates an object for the lock of <paramref name="key"/> on the scope's provider. It belongs to the scope until one of the
    /// two is disposed.
    /// </summary>
    /// <remarks>
    /// Each call adds one to what the scope owns. Make one for each thing that is locked often, and keep it: in a scope that lives long, one
    /// for each request would stay there. What a request locks once is taken by <see cref="AcquireLockAsync(string, CancellationToken)"/>, which leaves
    /// nothing behind; where it needs options, create the lock in a scope of the request, or dispose it (<c>await using</c>).
    /// </remarks>
    /// <param name="key">The resource; not empty and not white space. Case matters.</param>
    /// <param name="options">Leases and owner; by default all defaults. A key in it must be the same one.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space, or the options contradict it or each other.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    public Lock CreateLock(string key, LockOptions? options = null)
    {
        Ensure.Key(key);
        options ??= LockOptions.Default;
        if (options.Key is not null && options.Key != key)
            throw new ArgumentException($"The options name another key, \"{options.Key}\", than the call, \"{key}\".", nameof(options));
        return new Lock(this, options with { Key = key });
    }

    // Inlined into every overload, and those into their callers; Lock.Acquire says why.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard> AcquireKey(string key, LockMode mode, TimeSpan? timeToLive, AcquireOptions options, CancellationToken cancellationToken) =>
        AskForKey(key, mode, timeToLive, options, answersNull: false, cancellationToken).ToTask();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard?> TryAcquireKey(string key, LockMode mode, TimeSpan? timeToLive, AcquireOptions options, CancellationToken cancellationToken) =>
        AskForKey(key, mode, timeToLive, options, answersNull: true, cancellationToken).ToTryTask();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Answer AskForKey(
        string key, LockMode mode, TimeSpan? timeToLive, AcquireOptions options, bool answersNull, CancellationToken cancellationToken)
    {
        Ensure.Key(key);
        if (IsCancelled) return Answer.Refused(Ended());
        if (_memory is not null) return AskInMemory(_memory, key, mode, timeToLive, options, answersNull, cancellationToken);
        var request = Request(key, mode, timeToLive, options, answersNull);
        return Answer.Of(LockProvider, in request, answersNull, cancellationToken);
    }

    /// <summary>A key of this process; its leases, with the default options, last as long as their guards.</summary>
    private Answer AskInMemory(
        InMemoryLockProvider memory, string key, LockMode mode, TimeSpan? timeToLive, AcquireOptions options, bool answersNull, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Answer.Refused(WaitOutcomes.Cancelled(LockText.Describe(key), cancellationToken));
        var entry = memory.EnterEntry(key, key.GetHashCode());
        if (entry.TryTakeFreeAndExitGate(mode, LockOptions.Default, this, @lock: null, out var token) is { } hold) return Answer.Granted(hold, token);
        var request = Request(key, mode, timeToLive, options, answersNull);
        return entry.AcquireAndExitGate(in request, answersNull, cancellationToken);
    }

    private LockRequest Request(string key, LockMode mode, TimeSpan? timeToLive, AcquireOptions options, bool answersNull)
    {
        return new LockRequest
        {
            Key = key,
            Mode = mode,
            Priority = options.Priority,
            Timeout = answersNull ? options.WaitOfTry : options.Wait,
            Options = LockOptions.Default,
            TimeToLive = timeToLive,
            Scope = this,
        };
    }

    /// <summary>Those who wait for keys in this process through the scope's helpers. May be asked for inside a lock's gate.</summary>
    internal WaitList Waits
    {
        get
        {
            if (Volatile.Read(ref _waits) is { } waits) return waits;
            _gate.Enter();
            // The scope's cancellation either finds the list or is seen here.
            waits = _waits ??= new WaitList(hasEnded: _reason is not null);
            _gate.Exit();
            return waits;
        }
    }

    /// <summary>The error for a request that comes when the scope has ended.</summary>
    internal Exception Ended() => _phase == Phase.Closed ? Closed() : WaitEnded();

    /// <summary>The error for a request that was waiting when the scope ended.</summary>
    internal Exception WaitEnded() => new OperationCanceledException($"{Title} was cancelled: {Reason?.Message}", Token);
}
