namespace GoGoScope.Testing;

/// <summary>
/// A store as one process sees it over a network that fails: requests and answers are late or lost, news too, the store can't be
/// reached for a while, the process is paused or killed. What goes wrong when is for a plan to say.
/// </summary>
/// <remarks>
/// <para>One instance stands for the connection of one process; those of several processes share the store behind it. Delays are
/// timers of the given clock, so with a <see cref="ManualTimeProvider"/> nothing happens until the test moves it.</para>
/// <para>What is on its way stays on its way: requests of a process that was stopped or killed still arrive, and those that arrive
/// while the store can't be used are refused or lost.</para>
/// <para>Answers and news come under the stack of whoever moves the clock, or calls <see cref="Continue"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// var time = new ManualTimeProvider();
/// var server = new InMemoryLockStore(time);
/// var store = new FaultyLockStore(server, new RandomStoreFaults(seed: 42) { LostReplies = 0.1 }, time);
/// var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time });
/// </code>
/// </example>
public sealed class FaultyLockStore : ILockStore
{
    private readonly ILockStore _store;
    private readonly TimeProvider _time;

    // Guards what follows; nothing that calls out runs inside it.
    private readonly System.Threading.Lock _gate = new();
    private readonly Queue<Action> _held = [];
    private readonly List<Listener> _listeners = [];
    private bool _isStopped;
    private bool _isKilled;
    private int _underWay;

    /// <summary>The way of one process to <paramref name="store"/>.</summary>
    /// <param name="store">The store that all processes share.</param>
    /// <param name="faults">What goes wrong; null for nothing, until it is set.</param>
    /// <param name="time">The clock of delays; by default the system's.</param>
    public FaultyLockStore(ILockStore store, IStoreFaults? faults = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        Faults = faults;
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public string Name => _store.Name;

    /// <summary>What goes wrong from now on; null for nothing.</summary>
    public IStoreFaults? Faults { get; set; }

    /// <summary>Whether the store can be used: decided when a request arrives there.</summary>
    public StoreOutage Outage { get; set; }

    /// <summary>Whether the store can tell anybody anything; if not, <see cref="WatchAsync"/> answers null. True by default.</summary>
    public bool TellsNews { get; init; } = true;

    /// <summary>How many calls are neither answered nor lost.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <inheritdoc/>
    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) =>
        Call(new StoreCall(StoreCallKind.Swap, swap.Key), () => _store.SwapAsync(swap, CancellationToken.None), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        return Call(
            new StoreCall(StoreCallKind.SwapMany, swaps.Count == 0 ? "" : swaps[0].Key),
            () => _store.SwapManyAsync(swaps, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) =>
        Call(new StoreCall(StoreCallKind.Read, key), () => _store.ReadAsync(key, CancellationToken.None), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        return Call(new StoreCall(StoreCallKind.Watch, process), () => ListenAsync(process, watcher), cancellationToken);
    }

    /// <summary>Stops the process: no answer and no news reaches it until <see cref="Continue"/>. What it has asked for still happens.</summary>
    public void Stop()
    {
        lock (_gate) _isStopped = true;
    }

    /// <summary>Lets the process continue: what has come for it meanwhile reaches it before this returns, in the order of arrival.</summary>
    public void Continue()
    {
        while (true)
        {
            Action? next;
            lock (_gate)
            {
                if (!_held.TryDequeue(out next))
                {
                    _isStopped = false;
                    return;
                }
            }
            next();
        }
    }

    /// <summary>Ends the process: nothing reaches it any more. What it has asked for still happens.</summary>
    public void Kill()
    {
        lock (_gate)
        {
            _isKilled = true;
            _held.Clear();
        }
    }

    /// <summary>What a connection that broke, and was made again, comes to: the process is told that it may have missed news.</summary>
    public void BreakConnection()
    {
        List<Listener> all;
        lock (_gate) all = [.. _listeners];
        foreach (var listener in all) Reach(listener.Watcher.Missed);
    }

    private ValueTask<T> Call<T>(StoreCall call, Func<ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Whoever waits goes on where the answer comes in: a test that moves the clock has seen it when the clock stands.
        var answer = new TaskCompletionSource<T>();
        var fault = Faults?.OnCall(in call) ?? default;
        if (fault is { ThrowsEarly: true, Error: { } error }) Reach(() => answer.TrySetException(error));
        After(fault.RequestDelay, () => _ = ArriveAsync(fault, ask, answer));
        // Not before its timer is set: whoever moves the clock for what is under way would leave it behind.
        Interlocked.Increment(ref _underWay);
        return new(cancellationToken.CanBeCanceled ? answer.Task.WaitAsync(cancellationToken) : answer.Task);
    }

    /// <summary>The request is at the store: carries the answer back, if there is one, as far as it comes.</summary>
    private async Task ArriveAsync<T>(CallFault fault, Func<ValueTask<T>> ask, TaskCompletionSource<T> answer)
    {
        var (result, error, isLost) = (default(T), fault.Error, (fault.LosesRequest || fault.LosesReply) && fault.Error is null);
        if (Outage == StoreOutage.Hangs) isLost = true;
        else if (Outage == StoreOutage.Refuses) error ??= new StoreFaultException("The store can't be used now.");
        else if (!fault.LosesRequest)
        {
            try
            {
                result = await ask().ConfigureAwait(false);
            }
            catch (Exception refused)
            {
                error ??= refused;
            }
        }
        After(fault.ReplyDelay, () =>
        {
            Interlocked.Decrement(ref _underWay);
            if (isLost) return;
            Reach(() =>
            {
                if (error is null) answer.TrySetResult(result!);
                else answer.TrySetException(error);
            });
        });
    }

    /// <summary>Does something under the stack of whoever moves the clock that far; at once if there is no delay.</summary>
    private void After(TimeSpan delay, Action then)
    {
        if (delay <= TimeSpan.Zero)
        {
            then();
            return;
        }
        ITimer? timer = null;
        timer = _time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                then();
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets the process notice something, now or when it continues.</summary>
    private void Reach(Action happen)
    {
        lock (_gate)
        {
            if (_isKilled) return;
            if (_isStopped)
            {
                _held.Enqueue(happen);
                return;
            }
        }
        happen();
    }

    private async ValueTask<IAsyncDisposable?> ListenAsync(string process, IStoreWatcher watcher)
    {
        if (!TellsNews) return null;
        var listener = new Listener(this, watcher);
        lock (_gate) _listeners.Add(listener);
        listener.Listening = await _store.WatchAsync(process, listener, CancellationToken.None).ConfigureAwait(false);
        return listener;
    }

    private void Tell(IStoreWatcher watcher, string key, StoredRecord? record)
    {
        var fault = Faults?.OnNews(key) ?? default;
        if (fault.IsLost || Outage != StoreOutage.None) return;
        var told = fault.LacksRecord ? null : record;
        After(fault.Delay, () =>
        {
            Reach(() => watcher.Woken(key, told));
            if (fault.ComesTwice) After(fault.Delay, () => Reach(() => watcher.Woken(key, told)));
        });
    }

    /// <summary>Who hears the store's news first. What is on its way when the watching ends still comes.</summary>
    private sealed class Listener(FaultyLockStore store, IStoreWatcher watcher) : IStoreWatcher, IAsyncDisposable
    {
        internal IStoreWatcher Watcher => watcher;

        internal IAsyncDisposable? Listening { get; set; }

        public void Woken(string key, StoredRecord? record) => store.Tell(watcher, key, record);

        public void Missed() => store.Reach(watcher.Missed);

        public ValueTask DisposeAsync()
        {
            lock (store._gate) store._listeners.Remove(this);
            return Listening?.DisposeAsync() ?? default;
        }
    }
}
