using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// The right to some permits of a semaphore, from the moment it was granted until the guard is disposed or the scope that the
/// semaphore belongs to ends.
/// </summary>
/// <remarks>
/// A small value. Copies are the same guard; disposing it a second time, from a copy or concurrently, gives nothing back
/// twice and never throws. <c>default</c> is a guard that was already disposed.
/// </remarks>
/// <example>
/// <code>
/// await using var guard = await memory.AcquireAsync(weight: 8);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct SemaphoreGuard : IAsyncDisposable, IEquatable<SemaphoreGuard>
{
    private readonly LockGuard _guard;

    internal SemaphoreGuard(LockGuard guard) => _guard = guard;

    /// <summary>Whether the permits are held: false once the guard was disposed.</summary>
    public bool IsHeld => _guard.IsHeld;

    /// <summary>How many permits it holds.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public int Weight => _guard.Weight;

    /// <summary>Who holds the permits, as others see it.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed.</exception>
    public string Owner => _guard.Owner;

    /// <summary>A number that no other grant of the semaphore has; zero for a <c>default</c> guard.</summary>
    internal long Number => _guard.FencingToken;

    /// <summary>The same guard, to whoever handles all kinds of them.</summary>
    internal LockGuard AsLockGuard() => _guard;

    /// <summary>Gives the permits back, to those who wait next. Never throws.</summary>
    public ValueTask DisposeAsync() => _guard.DisposeAsync();

    /// <summary>Whether both are the guard of the same grant.</summary>
    public bool Equals(SemaphoreGuard other) => _guard.Equals(other._guard);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is SemaphoreGuard other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _guard.GetHashCode();

    /// <summary>Whether both are the guard of the same grant.</summary>
    public static bool operator ==(SemaphoreGuard left, SemaphoreGuard right) => left.Equals(right);

    /// <summary>Whether the two are guards of different grants.</summary>
    public static bool operator !=(SemaphoreGuard left, SemaphoreGuard right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => _guard.ToString();
}
