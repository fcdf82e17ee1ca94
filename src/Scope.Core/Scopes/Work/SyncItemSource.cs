namespace GoGoScope;

/// <summary>The items of an ordinary sequence.</summary>
internal sealed class SyncItemSource<T>(IEnumerable<T> items) : ItemSource<T>
{
    private readonly System.Threading.Lock _turn = new();
    private IEnumerator<T>? _items;
    private bool _isOver;

    internal override int KnownCount => items.TryGetNonEnumeratedCount(out var count) ? count : 0;

    internal override ValueTask<NumberedItem<T>?> TakeAsync(CancellationToken token)
    {
        lock (_turn)
        {
            if (_isOver) return default;
            // What throws here is not asked again.
            _isOver = true;
            _items ??= items.GetEnumerator();
            if (!_items.MoveNext()) return default;
            var taken = new NumberedItem<T>(Taken, _items.Current);
            Taken = checked(Taken + 1);
            _isOver = false;
            return new(taken);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _items?.Dispose();
        return default;
    }
}
