namespace GoGoScope;

/// <summary>The items of a sequence that has to be awaited; whose turn it is, one of our own locks says.</summary>
internal sealed class AsyncItemSource<T>(IAsyncEnumerable<T> items) : ItemSource<T>
{
    private readonly Lock _turn = new(CancellationToken.None, new LockOptions { Provider = InMemoryLockProvider.Shared });
    private IAsyncEnumerator<T>? _items;
    private bool _isOver;

    internal override async ValueTask<NumberedItem<T>?> TakeAsync(CancellationToken token)
    {
        await using var turn = (await _turn.AcquireAsync(token).ConfigureAwait(false)).ConfigureAwait(false);
        if (_isOver) return null;
        // What throws here is not asked again.
        _isOver = true;
        _items ??= items.GetAsyncEnumerator(token);
        if (!await _items.MoveNextAsync().ConfigureAwait(false)) return null;
        var taken = new NumberedItem<T>(Taken, _items.Current);
        Taken = checked(Taken + 1);
        _isOver = false;
        return taken;
    }

    public override ValueTask DisposeAsync() => _items?.DisposeAsync() ?? default;
}
