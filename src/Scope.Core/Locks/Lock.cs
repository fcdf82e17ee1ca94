using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// A lock: exclusive, read / write, by priority, with a timeout, or only if it is free. With a key it excludes all locks
/// of that key on the same provider, in this process or in others; without one it excludes only itself.
/// </summary>
/// <remarks>
/// <para>Waiters are granted the lock by priority, equals in the order they came; whoever was passed over
/// <see cref="MaxPassedOver"/> times goes first. Readers that stand together go together.</para>
/// <para>Not re-entrant: who holds the lock and acquires it again waits for itself.</para>
/// <para>Don't write <c>lock (m)</c> with this type: it compiles, and locks something else.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var scope = Scope.Create();
/// var orders = scope.CreateLock("orders:4711");
/// await using var guard = await orders.AcquireAsync(TimeSpan.FromSeconds(5));
/// </code>
/// </example>
public sealed partial class Lock : IAsyncDisposable
{
    /// <summary>How often a waiter is passed over by later ones of higher priority before it ranks first: 32.</summary>
    public const int MaxPassedOver = 32;

    /// <summary>
    /// How often a waiter is overtaken, with <see cref="LockOptions.AllowOvertaking"/>, before it is handed the lock
    /// directly: 16.
    /// </summary>
    public const int MaxOvertaken = 16;

    private readonly LockOptions _options;
    private readonly Scope? _scope;
    private readonly LockOwnership? _ownership;
    private readonly CancellationToken _givenLifetime;

    // One of the two: a key asks its provider, a lock without a key is an entry of its own.
    private readonly ILockProvider? _provider;
    private readonly LockEntry? _entry;

    // What a lock without a key is taken from by the short way, unless its leases end by themselves.
    private readonly Hold? _shortHold;

    // The provider, if it is the one in this process.
    private readonly InMemoryLockProvider? _memory;
    private readonly int _keyHash;

    /// <summary>Creates a lock without a key and without a scope.</summary>
    /// <param name="lifetime">Ends all waits when it is cancelled. Guards that were granted are not affected.</param>
    public Lock(CancellationToken lifetime) : this(lifetime, LockOptions.Default) { }

    /// <summary>Creates a lock without a scope.</summary>
    /// <param name="lifetime">Ends all waits when it is cancelled. Guards that were granted are not affected.</param>
    /// <param name="options">Its key, provider and leases.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidOperationException">There is no key, and the provider spans many processes; the message says what to write instead.</exception>
    [SuppressMessage("Design", "CA1068", Justification = "The token is the lock's lifetime, not the call's.")]
    public Lock(CancellationToken lifetime, LockOptions options) : this(null, options, lifetime) { }

    internal Lock(Scope scope, LockOptions options) : this(scope, options, CancellationToken.None)
    {
        _ownership = new LockOwnership(this);
        if (!scope.TryOwn(_ownership, stamp: 0)) throw new ObjectDisposedException(nameof(Scope), "The scope has ended: it hands out no more locks.");
    }

    private Lock(Scope? scope, LockOptions options, CancellationToken lifetime)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Validate(hasScope: scope is not null);
        _scope = scope;
        _givenLifetime = lifetime;

        var provider = options.Provider ?? scope?.LockProvider ?? InMemoryLockProvider.Shared;
        if (options.Key is { } key)
        {
            _provider = provider;
            _memory = provider as InMemoryLockProvider;
            _keyHash = key.GetHashCode();
        }
        else if (provider.IsDistributed)
        {
            throw NoKeyFor(provider);
        }
        else
        {
            _entry = new LockEntry(options, scope, this);
            _shortHold = _entry.ShortHold;
        }
    }

    /// <summary>The key; null for a lock that only excludes itself.</summary>
    public string? Key => _options.Key;

    /// <inheritdoc/>
    public override string ToString() => _semaphore?.ToString() ?? LockText.Describe(Key);

    // Every overload is one of these two, inlined into its caller: a task of four words that is made where it is awaited
    // costs nothing, one that is returned through memory costs more than the lock.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask<LockGuard> Acquire(LockMode mode, int priority, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var token = TakeShort((int)mode, cancellationToken);
        return token != 0
            ? new(new LockGuard(_shortHold!, token))
            : Ask(mode, priority, timeout, answersNull: false, cancellationToken).ToTask();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask<LockGuard?> TryAcquire(LockMode mode, int priority, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var token = TakeShort((int)mode, cancellationToken);
        return token != 0
            ? new(new LockGuard(_shortHold!, token))
            : Ask(mode, priority, timeout, answersNull: true, cancellationToken).ToTryTask();
    }

    /// <summary>
    /// Takes what has no key and is free by the <see cref="Hold.TryTakeShort">short way</see>, in a scope that goes on; zero if it is not like that. No call stands in
    /// here, so that no register needs to be saved.
    /// </summary>
    /// <param name="what">The mode, or the number of permits.</param>
    /// <param name="cancellationToken">The request's.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal long TakeShort(int what, CancellationToken cancellationToken) =>
        _shortHold is { } hold && !cancellationToken.IsCancellationRequested && _scope is { IsCancelled: false } && !Telemetry.IsOn
            ? hold.TryTakeShort(what)
            : 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Answer Ask(LockMode mode, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || HasEnded) return Answer.Refused(WhyNot(cancellationToken));
        if (_shortHold is { } hold && !Telemetry.IsOn && hold.TryTakeShort((int)mode) is not 0 and var token) return Answer.Granted(hold, token);
        return _memory is not null
            ? AskForKey(_memory, mode, priority, timeout, answersNull, cancellationToken)
            : AskFor(mode, priority, timeout, answersNull, cancellationToken);
    }

    private Answer AskForKey(InMemoryLockProvider memory, LockMode mode, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        var entry = memory.EnterEntry(Key!, _keyHash);
        if (!_options.EndsByItself && entry.TryTakeFreeAndExitGate(mode, _options, _scope, this, out var token) is { } hold)
            return Answer.Granted(hold, token);
        var request = Request(mode, priority, timeout);
        return entry.AcquireAndExitGate(in request, answersNull, cancellationToken);
    }

    private Answer AskFor(LockMode mode, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        var request = Request(mode, priority, timeout);
        if (_entry is not null) return _entry.Acquire(in request, answersNull, cancellationToken);
        return Answer.Of(_provider!, in request, answersNull, cancellationToken);
    }

    private Exception WhyNot(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? WaitOutcomes.Cancelled(ToString(), cancellationToken) : Ended();

    private LockRequest Request(LockMode mode, int priority, TimeSpan timeout, int weight = 0, int permits = 0) => new()
    {
        Key = _options.Key ?? "",
        KeyHash = _keyHash,
        Mode = mode,
        Weight = weight,
        Permits = permits,
        Priority = priority,
        Timeout = timeout,
        Options = _options,
        Scope = _scope,
        Lock = this,
    };

    private static InvalidOperationException NoKeyFor(ILockProvider provider) =>
        new($"A lock without a key lives in one process only, but the provider \"{provider.Name}\" spans many. "
            + $"Give it a key, scope.{nameof(Scope.CreateLock)}(\"orders\"), or say that it is local: "
            + $"scope.{nameof(Scope.CreateLock)}(new {nameof(LockOptions)} {{ {nameof(LockOptions.Provider)} = {nameof(InMemoryLockProvider)}.{nameof(InMemoryLockProvider.Shared)} }}).");
}
