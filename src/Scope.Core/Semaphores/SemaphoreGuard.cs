using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// The right to some permits of a semaphore, from the moment it was granted until the guard is disposed, the scope that the
/// semaphore belongs to ends, or its lease is lost.
/// </summary>
/// <remarks>
/// A small value. Copies are the same guard; disposing it a second time, from a copy, concurrently or after its lease was lost,
/// gives nothing back twice and never throws. <c>default</c> is a guard that was already disposed.
/// </remarks>
/// <example>
/// <code>
/// await using var guard = await memory.AcquireAsync(weight: 8);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct SemaphoreGuard : IAsyncDisposable, IEquatable<SemaphoreGuard>
{
    // The two of a LockGuard, and not one: what is wrapped twice is no longer kept in registers where it is awaited, and copied before it has been written.
    private readonly LockHold? _hold;
    private readonly long _token;

    internal SemaphoreGuard(LockHold? hold, long token)
    {
        _hold = hold;
        _token = token;
    }

    private LockGuard Guard => new(_hold!, _token);

    /// <summary>Whether the permits are held: false once the guard was disposed or its lease was lost.</summary>
    public bool IsHeld => Guard.IsHeld;

    /// <summary>How many permits it holds.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public int Weight => Guard.Weight;

    /// <summary>Who holds the permits, as others see it.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public string Owner => Guard.Owner;

    /// <summary>The key of the semaphore; null for one without.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public string? Key => Guard.Key;

    /// <summary>
    /// A number that no other grant of the semaphore has: good for telling them apart, in logs for instance, and what
    /// <see cref="LeaseLostException.FencingToken"/> says if its lease is lost. It fences nothing, hence the name: several may hold at once, and a
    /// resource that refused lower numbers would refuse all of them but one. Zero for a <c>default</c> guard; readable after dispose.
    /// </summary>
    public long GrantId => Guard.FencingToken;

    /// <summary>
    /// A token that is cancelled when the lease is lost; never by disposing the guard. Readable after dispose. Without a key there
    /// is no lease to lose; the in-memory provider ends one only by <see cref="SemaphoreOptions.AutoRenew"/> = false and by
    /// <see cref="SemaphoreOptions.MaxHold"/>.
    /// </summary>
    public CancellationToken LostToken => Guard.LostToken;

    /// <summary>
    /// Throws if this process knows that the guard holds its permits no more; does nothing else. It asks no store: it may return although the lease has ended, after a
    /// pause of the whole machine, and the lease may end right after it.
    /// </summary>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public void ThrowIfLost() => Guard.ThrowIfLost();

    /// <summary>
    /// Makes the lease end <paramref name="timeToLive"/> from now, be that later or earlier than before: for leases with
    /// <see cref="SemaphoreOptions.AutoRenew"/> = false. A lease that is renewed by itself, as by default and with
    /// <see cref="SemaphoreOptions.MaxHold"/>, or that has no end, stays as it is; then the call does what <see cref="ThrowIfLost"/> does, and sends nothing to a store.
    /// </summary>
    /// <param name="timeToLive">More than zero.</param>
    /// <param name="cancellationToken">Gives up the attempt, not the lease.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeToLive"/> is zero or negative.</exception>
    /// <exception cref="LeaseLostException">The lease was lost.</exception>
    /// <exception cref="LockProviderException">Over a store: it could not be used, or has no leases of that length.</exception>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public ValueTask RenewAsync(TimeSpan timeToLive, CancellationToken cancellationToken = default) => Guard.RenewAsync(timeToLive, cancellationToken);

    /// <summary>The same guard, to whoever handles all kinds of them.</summary>
    internal LockGuard AsLockGuard() => Guard;

    /// <summary>Gives the permits back, to those who wait next. Never throws, whatever became of the lease.</summary>
    public ValueTask DisposeAsync() => Guard.DisposeAsync();

    /// <summary>Whether both are the guard of the same grant.</summary>
    public bool Equals(SemaphoreGuard other) => Guard.Equals(other.Guard);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SemaphoreGuard other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Guard.GetHashCode();

    /// <summary>Whether both are the guard of the same grant.</summary>
    public static bool operator ==(SemaphoreGuard left, SemaphoreGuard right) => left.Equals(right);

    /// <summary>Whether the two are guards of different grants.</summary>
    public static bool operator !=(SemaphoreGuard left, SemaphoreGuard right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Guard.ToString();
}
