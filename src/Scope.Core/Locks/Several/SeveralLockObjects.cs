namespace GoGoScope;

/// <summary>Several <see cref="Lock"/>s, of whatever providers.</summary>
/// <remarks>
/// By key first, because keys are the same in every process and providers are not: two providers of the same name, one for each
/// of two servers, can't be told apart by another process. Only locks of the same key on two such providers are ordered
/// by what is known in this process alone, and so are locks without a key, which come last.
/// </remarks>
internal sealed class SeveralLockObjects : SeveralLocks
{
    private readonly Lock[] _locks;
    private readonly int[] _order;

    /// <exception cref="ArgumentException">One is null, or two are of the same key on the same provider.</exception>
    internal SeveralLockObjects(IEnumerable<Lock> locks)
    {
        ArgumentNullException.ThrowIfNull(locks);
        _locks = [.. locks];
        if (_locks.Contains(null)) throw new ArgumentException("One of the locks is null.", nameof(locks));
        _order = [.. Enumerable.Range(0, _locks.Length)];
        Array.Sort(_order, (a, b) => Compare(_locks[a], _locks[b]));
        for (var i = 1; i < _order.Length; i++)
        {
            if (Compare(At(i - 1), At(i)) == 0)
                throw new ArgumentException($"{At(i)} is there twice: who holds it would wait for itself.", nameof(locks));
        }
    }

    protected override int Count => _locks.Length;

    protected override TimeProvider TimeProvider => _locks.Length == 0 ? TimeProvider.System : _locks[0].TimeProvider;

    protected override int PlaceOf(int index) => _order[index];

    protected override string? KeyOf(int index) => At(index).Key;

    protected override ValueTask<LockGuard> AcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken) =>
        At(index).AcquireAsync(options, cancellationToken);

    protected override ValueTask<LockGuard?> TryAcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken) =>
        At(index).TryAcquireAsync(options, cancellationToken);

    protected override Exception EndedOf(int index) => At(index).WaitEnded();

    private Lock At(int index) => _locks[_order[index]];

    private static int Compare(Lock a, Lock b)
    {
        if (a.Key is null || b.Key is null)
            return a.Key is null && b.Key is null ? InstanceNumbers.Of(a).CompareTo(InstanceNumbers.Of(b)) : a.Key is null ? 1 : -1;
        if (string.CompareOrdinal(a.Key, b.Key) is not 0 and var byKey) return byKey;
        if (ReferenceEquals(a.Provider, b.Provider)) return 0;
        return string.CompareOrdinal(a.Provider!.Name, b.Provider!.Name) is not 0 and var byName
            ? byName
            : InstanceNumbers.Of(a.Provider).CompareTo(InstanceNumbers.Of(b.Provider));
    }
}
