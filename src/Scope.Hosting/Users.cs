namespace GoGoScope.Hosting;

/// <summary>Counts who is inside, until it is closed to others.</summary>
internal sealed class Users
{
    private readonly System.Threading.Lock _gate = new();
    private readonly TaskCompletionSource _allHaveLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _isClosed;

    /// <summary>What is to be disposed by who leaves, once; null if it is closed.</summary>
    internal IDisposable? TryEnter()
    {
        lock (_gate)
        {
            if (_isClosed) return null;
            _count++;
            return new Stay(this);
        }
    }

    /// <summary>From now on nobody enters. Ends when nobody is inside any more.</summary>
    internal Task Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_count > 0) return _allHaveLeft.Task;
        }
        return Task.CompletedTask;
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_count > 0 || !_isClosed) return;
        }
        _allHaveLeft.SetResult();
    }

    private sealed class Stay(Users users) : IDisposable
    {
        public void Dispose() => users.Leave();
    }
}
