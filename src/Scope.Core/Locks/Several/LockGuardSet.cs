using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// The guard of several locks that were taken together. It holds all of them until it is disposed, and releases them in the reverse
/// of the order in which they were taken.
/// </summary>
/// <remarks>Disposing it a second time, concurrently or after a lease was lost does nothing and never throws.</remarks>
/// <example>
/// <code>
/// await using var both = await scope.AcquireLocksAsync(["account:1", "account:2"]);
/// await ledger.MoveAsync(100, from: both["account:1"].FencingToken, to: both["account:2"].FencingToken);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LockGuardSet : IAsyncDisposable
{
    private readonly IReadOnlyList<LockGuard> _asTaken;
    private readonly string?[] _keys;
    private LinkedToken? _lost;
    private volatile bool _isDisposed;

    internal LockGuardSet(IReadOnlyList<LockGuard> asTaken, IReadOnlyList<LockGuard> asNamed, string?[] keys)
    {
        _asTaken = asTaken;
        Guards = asNamed;
        _keys = keys;
    }

    /// <summary>
    /// The guards, in the order in which the locks were named. Readable after dispose. One that is disposed by itself gives back
    /// its lock alone, and the set no longer <see cref="IsHeld"/>.
    /// </summary>
    public IReadOnlyList<LockGuard> Guards { get; }

    /// <summary>The guard of <paramref name="key"/>; if several providers have a lock of that key here, the one that was named first.</summary>
    /// <exception cref="KeyNotFoundException">None of the locks has that key.</exception>
    public LockGuard this[string key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            var place = Array.IndexOf(_keys, key);
            return place >= 0 ? Guards[place] : throw new KeyNotFoundException($"{LockText.Describe(key)} is not among the {_keys.Length} that were taken.");
        }
    }

    /// <summary>Whether all of the locks are held: false once the set was disposed or one of the leases was lost.</summary>
    public bool IsHeld
    {
        get
        {
            if (_isDisposed) return false;
            foreach (var guard in _asTaken)
            {
                if (!guard.IsHeld) return false;
            }
            return true;
        }
    }

    /// <summary>A token that is cancelled when one of the leases is lost; never by disposing the set. Readable after dispose.</summary>
    public CancellationToken LostToken
    {
        get
        {
            if (Volatile.Read(ref _lost) is { } watched) return watched.Token;
            var lost = new LinkedToken([.. _asTaken.Select(guard => guard.LostToken)]);
            if (Interlocked.CompareExchange(ref _lost, lost, null) is { } other)
            {
                lost.Dispose();
                return other.Token;
            }
            if (_isDisposed) lost.Dispose();
            return lost.Token;
        }
    }

    /// <summary>Throws if one of the locks is held no more; does nothing if all are held.</summary>
    /// <exception cref="LeaseLostException">One of the leases was lost; the exception names its key.</exception>
    /// <exception cref="ObjectDisposedException">The set, or one of its guards, was disposed.</exception>
    public void ThrowIfLost()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        foreach (var guard in _asTaken) guard.ThrowIfLost();
    }

    /// <summary>Releases the locks, the one that was taken last first. Never throws, whatever became of the leases.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Volatile.Read(ref _lost)?.Dispose();
        return SeveralLocks.ReleaseAsync(_asTaken);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(_isDisposed ? "released" : "held")}: {string.Join(", ", Guards)}";
}
