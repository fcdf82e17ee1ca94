using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// The right to a lock, from the moment it was granted until the guard is disposed, the scope that it was taken
/// through ends, or its lease is lost.
/// </summary>
/// <remarks>
/// A small value. Copies are the same guard; disposing it a second time, from a copy, concurrently or after its lease
/// was lost does nothing and never throws. <c>default</c> is a guard that was already disposed.
/// </remarks>
/// <example>
/// <code>
/// await using var guard = await orders.AcquireAsync(TimeSpan.FromSeconds(5));
/// var balance = await ledger.OpenAsync(guard.FencingToken);
/// await ledger.WriteAsync(balance + 1, guard.FencingToken);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct LockGuard : IAsyncDisposable, IEquatable<LockGuard>
{
    private readonly LockHold? _hold;
    private readonly long _token;

    /// <summary>For providers: the guard of what <paramref name="hold"/> holds under <paramref name="fencingToken"/>.</summary>
    public LockGuard(LockHold hold, long fencingToken)
    {
        _hold = hold;
        _token = fencingToken;
    }

    internal SemaphoreGuard AsSemaphoreGuard() => new(_hold, _token);

    /// <summary>Whether the lock is held: false once the guard was disposed or its lease was lost.</summary>
    public bool IsHeld => _hold is not null && _hold.IsHeld(_token);

    /// <summary>The key that is locked; null for a lock without one.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public string? Key => Hold.KeyOf(_token);

    /// <summary>Who holds the lock, as others see it.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public string Owner => Hold.OwnerOf(_token);

    /// <summary>How the lock is held.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public LockMode Mode => Hold.ModeOf(_token);

    /// <summary>
    /// A number that no other grant of the key has; that of whoever holds it exclusively is higher than all before. A resource that
    /// each holder shows its token to before it reads there, and that refuses lower ones from then on, is safe even from a holder whose lease was lost;
    /// one that looks at writes alone is not. Those who read at the
    /// same time, in several processes, may get theirs in any order. Zero for a <c>default</c> guard; readable after dispose.
    /// </summary>
    public long FencingToken => _token;

    /// <summary>
    /// A token that is cancelled when the lease is lost; never by disposing the guard. Readable after dispose. The in-memory
    /// provider ends a lease only by <see cref="LockOptions.AutoRenew"/> = false and by <see cref="LockOptions.MaxHold"/>.
    /// </summary>
    public CancellationToken LostToken => _hold?.LostTokenOf(_token) ?? CancellationToken.None;

    /// <summary>
    /// Throws if this process knows that the guard holds the lock no more; does nothing else. It asks no store: it may return although the lease has ended, after a
    /// pause of the whole machine, and the lease may end right after it. Only a resource that checks <see cref="FencingToken"/> refuses a late write.
    /// </summary>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public void ThrowIfLost() => Hold.ThrowIfLost(_token);

    /// <summary>
    /// Makes the lease end <paramref name="timeToLive"/> from now, be that later or earlier than before: for leases with
    /// <see cref="LockOptions.AutoRenew"/> = false. A lease that is renewed by itself, as by default and with
    /// <see cref="LockOptions.MaxHold"/>, or that has no end, stays as it is; then the call does what <see cref="ThrowIfLost"/> does, and sends nothing to a store.
    /// </summary>
    /// <param name="timeToLive">More than zero.</param>
    /// <param name="cancellationToken">Gives up the attempt, not the lease.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used, or has no leases of that length.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public ValueTask RenewAsync(TimeSpan timeToLive, CancellationToken cancellationToken = default) =>
        Hold.RenewAsync(_token, Ensure.Positive(timeToLive, nameof(timeToLive)), cancellationToken);

    /// <summary>Releases the lock. Never throws, whatever became of the lease.</summary>
    public ValueTask DisposeAsync() => _hold is null ? default : _hold.ReleaseAsync(_token);

    /// <summary>Whether both are the guard of the same grant.</summary>
    public bool Equals(LockGuard other) => ReferenceEquals(_hold, other._hold) && _token == other._token;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LockGuard other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _token.GetHashCode();

    /// <summary>Whether both are the guard of the same grant.</summary>
    public static bool operator ==(LockGuard left, LockGuard right) => left.Equals(right);

    /// <summary>Whether the two are guards of different grants.</summary>
    public static bool operator !=(LockGuard left, LockGuard right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => _hold?.Describe(_token) ?? "released";

    /// <summary>How many permits it is, if it is one of a semaphore.</summary>
    internal int Weight => Hold.WeightOf(_token);

    internal LockHold Hold => _hold ?? throw LockHold.Released();
}
