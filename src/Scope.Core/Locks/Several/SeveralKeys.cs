namespace GoGoScope;

/// <summary>Several keys of a scope's provider, without lock objects in between.</summary>
internal sealed class SeveralKeys : SeveralLocks
{
    private readonly Scope _scope;
    private readonly TimeSpan? _timeToLive;
    private readonly string[] _keys;
    private readonly int[] _order;

    /// <exception cref="ArgumentException">A key is empty or white space, or there twice.</exception>
    internal SeveralKeys(Scope scope, IEnumerable<string> keys, TimeSpan? timeToLive)
    {
        ArgumentNullException.ThrowIfNull(keys);
        _scope = scope;
        _timeToLive = timeToLive;
        _keys = [.. keys];
        foreach (var key in _keys) Ensure.Key(key, nameof(keys));
        _order = [.. Enumerable.Range(0, _keys.Length)];
        Array.Sort(_order, (a, b) => string.CompareOrdinal(_keys[a], _keys[b]));
        for (var i = 1; i < _order.Length; i++)
        {
            if (At(i - 1) == At(i))
                throw new ArgumentException($"{LockText.Describe(At(i))} is there twice: who holds it would wait for itself.", nameof(keys));
        }
    }

    protected override int Count => _keys.Length;

    protected override TimeProvider TimeProvider => _scope.TimeProvider;

    protected override int PlaceOf(int index) => _order[index];

    protected override string? KeyOf(int index) => At(index);

    protected override ValueTask<LockGuard> AcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken) =>
        _scope.AcquireKey(At(index), LockMode.Exclusive, _timeToLive, options, cancellationToken);

    protected override ValueTask<LockGuard?> TryAcquireAsync(int index, AcquireOptions options, CancellationToken cancellationToken) =>
        _scope.TryAcquireKey(At(index), LockMode.Exclusive, _timeToLive, options, cancellationToken);

    protected override Exception EndedOf(int index) => _scope.Ended();

    private string At(int index) => _keys[_order[index]];
}
