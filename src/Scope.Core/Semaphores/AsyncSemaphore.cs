using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// A number of permits, of which each holder takes one or more: bounds how many do something at the same time, or how much of
/// something they use together. Without a key it lives in this process; with one, its permits are shared by all who use the key on
/// the same provider, in this process or in others. It belongs to a scope.
/// </summary>
/// <remarks>
/// <para>Waiters are granted their permits by priority, equals in the order they came; whoever was passed over
/// <see cref="Lock.MaxPassedOver"/> times goes first. Nobody goes past a waiter of the same or a higher priority, although
/// its own few permits would be free: a request for many is not starved by requests for few.</para>
/// <para>Permits come back by the guard that was given for them, so there is no way to give back too many.</para>
/// <para>Over a store, permits are leases: a guard keeps its own by renewing it, and may lose it, which
/// <see cref="SemaphoreGuard.LostToken"/> tells. A lease that ends gives back its permits and no others.</para>
/// <para>Who holds permits and asks for more may wait for itself: ask for all that is needed at once.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var scope = Scope.Create();
/// var uploads = scope.CreateSemaphore(permits: 4);
/// await using var guard = await uploads.AcquireAsync(TimeSpan.FromSeconds(5));
/// </code>
/// </example>
public sealed partial class AsyncSemaphore : IAsyncDisposable
{
    private readonly Lock _lock;
    private readonly SemaphoreOptions _options;

    /// <summary>Creates a semaphore without a scope.</summary>
    /// <param name="permits">How many there are, at least 1.</param>
    /// <param name="options">What it is called; by default all defaults.</param>
    /// <param name="lifetime">Ends all waits when it is cancelled. Guards that were granted are not affected.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is less than 1.</exception>
    public AsyncSemaphore(int permits, SemaphoreOptions? options = null, CancellationToken lifetime = default) : this(null, permits, options, lifetime) { }

    internal AsyncSemaphore(Scope? scope, int permits, SemaphoreOptions? options, CancellationToken lifetime = default) : this(scope, key: null, permits, options, lifetime) { }

    internal AsyncSemaphore(Scope? scope, string? key, int permits, SemaphoreOptions? options, CancellationToken lifetime)
    {
        Permits = Ensure.AtLeastOne(permits, nameof(permits));
        _options = options ?? SemaphoreOptions.Default;
        _lock = new Lock(this, scope, _options.ToLockOptions(key), lifetime);
    }

    /// <summary>How many permits there are, free and held.</summary>
    public int Permits { get; }

    /// <summary>The key; null for a semaphore that lives in this process alone.</summary>
    public string? Key => _lock.Key;

    /// <summary>Its name; the key if it was given none, or null if it has none either.</summary>
    public string? Name => _options.Name ?? Key;

    /// <summary>
    /// How many permits are free at this moment. It may be above zero while somebody waits: for more than that. Over a store it is
    /// how many this process doesn't hold, of which others may hold some: it costs no question to the store, and so is only a bound. Zero
    /// while this process holds the key as something else, also as a semaphore with another number of permits.
    /// </summary>
    public int CurrentCount => _lock.FreePermits;

    /// <summary>How many requests of this process wait at this moment.</summary>
    public int WaitingCount => _lock.WaiterCount;

    /// <summary>
    /// Closes the semaphore: those who wait fail with <see cref="ObjectDisposedException"/>, and so do later requests. Guards
    /// that were granted stay valid until they are disposed themselves. Disposing again does nothing.
    /// </summary>
    public ValueTask DisposeAsync() => _lock.DisposeAsync();

    /// <inheritdoc/>
    public override string ToString() => Describe(Name, Permits);

    /// <summary>Who holds and who waits; of a semaphore without a key.</summary>
    internal LockSnapshot Snapshot() => _lock.OwnSnapshot()!;

    internal static string Describe(string? name, int permits) => name is null
        ? $"A semaphore of {LockText.Permits(permits)}"
        : $"Semaphore \"{LockText.Shorten(name)}\" of {LockText.Permits(permits)}";

    // Inlined into every overload, and those into their callers; Lock.Acquire says why.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask<SemaphoreGuard> Acquire(int weight, int priority, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var token = _lock.TakeShort(weight, cancellationToken);
        return token != 0
            ? new(new SemaphoreGuard(_lock.ShortHold, token))
            : _lock.AskForPermits(weight, priority, timeout, answersNull: false, cancellationToken).ToSemaphoreTask();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<SemaphoreGuard?> TryAcquire(int weight, int priority, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var token = _lock.TakeShort(weight, cancellationToken);
        return token != 0
            ? new(new SemaphoreGuard(_lock.ShortHold, token))
            : _lock.AskForPermits(weight, priority, timeout, answersNull: true, cancellationToken).ToSemaphoreTryTask();
    }

    private int Checked(int weight)
    {
        if (weight < 1 || weight > Permits) RefuseWeight(weight);
        return weight;
    }

    private void RefuseWeight(int weight) =>
        throw new ArgumentOutOfRangeException(nameof(weight), weight, $"Must be from 1 to {Permits}, the permits that there are.");
}
