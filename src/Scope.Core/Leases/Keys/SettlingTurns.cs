namespace GoGoScope;

/// <summary>
/// Keys of which nobody in this process wants anything, while it is not known what has become of the last request: a few of them at a
/// time ask the store. So those that were asked for during an outage cost a store that is away next to nothing, and one that is back
/// is not asked for all of them at once.
/// </summary>
internal sealed class SettlingTurns
{
    private const int AtOnce = 4;

    private readonly object _gate = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _line = [];
    private int _taken;

    /// <summary>How many have one.</summary>
    internal int Taken
    {
        get
        {
            lock (_gate) return _taken;
        }
    }

    /// <summary>Waits for a turn, which is to be given back; false if <paramref name="patience"/> has ended before.</summary>
    internal async Task<bool> TakeAsync(TaskCompletionSource<bool> patience)
    {
        var place = new LinkedListNode<TaskCompletionSource<bool>>(patience);
        lock (_gate)
        {
            if (_taken < AtOnce)
            {
                _taken++;
                return true;
            }
            _line.AddLast(place);
        }
        if (await patience.Task.ConfigureAwait(false)) return true;
        lock (_gate)
        {
            if (place.List is not null) _line.Remove(place);
        }
        return false;
    }

    /// <summary>The turn goes to whoever has waited longest.</summary>
    internal void GiveBack()
    {
        TaskCompletionSource<bool> next;
        do
        {
            lock (_gate)
            {
                if (_line.First is not { } first)
                {
                    _taken--;
                    return;
                }
                next = first.Value;
                _line.Remove(first);
            }
        }
        while (!next.TrySetResult(true));
    }
}
