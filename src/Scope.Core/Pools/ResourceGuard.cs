using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// A resource that a pool has lent, until the guard is disposed or the scope that the pool belongs to ends.
/// </summary>
/// <remarks>
/// A small value. Copies are the same guard; disposing it a second time, from a copy or concurrently, does nothing and never
/// throws. <c>default</c> is a guard that was already disposed.
/// </remarks>
/// <example>
/// <code>
/// await using var lent = await connections.AcquireAsync(TimeSpan.FromSeconds(5));
/// await lent.Resource.SendAsync(message);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct ResourceGuard<T> : IAsyncDisposable, IEquatable<ResourceGuard<T>> where T : notnull
{
    private readonly PoolSlot<T>? _slot;
    private readonly long _number;

    internal ResourceGuard(PoolSlot<T> slot, long number) => (_slot, _number) = (slot, number);

    /// <summary>The resource. Don't keep it: after the guard it may be somebody else's.</summary>
    /// <exception cref="ObjectDisposedException">The guard was disposed, or the pool's scope has ended.</exception>
    public T Resource => _slot is not null && _slot.Pool.TryRead(_slot, _number, out var resource)
        ? resource
        : throw new ObjectDisposedException(nameof(ResourceGuard<>), "The guard was disposed, or its pool has ended: the resource is no longer its own.");

    /// <summary>Whether the resource is lent to this guard: false once it was disposed.</summary>
    public bool IsHeld => _slot is not null && _slot.Pool.TryRead(_slot, _number, out _);

    /// <summary>
    /// Gives the resource back. One whose time is over, or whose pool has ended, is destroyed, and this returns when that is done.
    /// Never throws: what destroying throws is an event and counted, and thrown by the end of the pool.
    /// </summary>
    public ValueTask DisposeAsync() => _slot is null ? default : _slot.Pool.ReturnAsync(_slot, _number, discard: false);

    /// <summary>Gives the resource back as one that doesn't work any more: it is destroyed, and lent to nobody. Never throws.</summary>
    public ValueTask DiscardAsync() => _slot is null ? default : _slot.Pool.ReturnAsync(_slot, _number, discard: true);

    /// <summary>Whether both are the guard of the same loan.</summary>
    public bool Equals(ResourceGuard<T> other) => ReferenceEquals(_slot, other._slot) && _number == other._number;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ResourceGuard<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _number.GetHashCode();

    /// <summary>Whether both are the guard of the same loan.</summary>
    public static bool operator ==(ResourceGuard<T> left, ResourceGuard<T> right) => left.Equals(right);

    /// <summary>Whether the two are guards of different loans.</summary>
    public static bool operator !=(ResourceGuard<T> left, ResourceGuard<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => IsHeld ? $"{_slot!.Pool}, lent" : "returned";
}
