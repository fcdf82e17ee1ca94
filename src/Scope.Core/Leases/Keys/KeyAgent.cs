namespace GoGoScope;

/// <summary>
/// All that this process has to do with one key of a store: who asks for it, who holds it. One swap is under way at a time,
/// and does whatever has come up meanwhile.
/// </summary>
/// <remarks>
/// What must hold: an attempt is decided once, under the gate; a hold of this process stands in <see cref="_holds"/> until its
/// guard has released it or its lease was lost; whoever has left without the lock is taken out of the record, however long that takes.
/// </remarks>
internal sealed partial class KeyAgent
{
    private readonly LeasedLockProvider _provider;
    private readonly string _key;

    // Guards what follows; nothing that calls out or waits runs inside it.
    private readonly object _gate = new();
    private readonly List<KeyJob> _jobs = [];
    private readonly Dictionary<ContenderId, Attempt> _attempts = [];
    private readonly Dictionary<ContenderId, LeasedHold> _holds = [];
    private readonly Queue<StoredRecord> _news = [];
    private LockRecord _record = LockRecord.Free;
    private bool _mustLook;
    private bool _isRunning;
    private bool _isRetired;
    private LockProviderException? _storeError;

    internal KeyAgent(LeasedLockProvider provider, string key)
    {
        _provider = provider;
        _key = key;
        _look = new KeyLook(this);
    }

    internal string Key => _key;

    internal StoreClock Clock => _provider.Clock;

    internal LeaseOptions Options => _provider.Options;

    internal DeadlineQueue Deadlines => _provider.Deadlines;

    /// <summary>Whether this process can be woken and is known to live, so that it may stand in queues.</summary>
    internal bool IsReadyToWait => _provider.IsReadyToWait;

    internal bool IsIdle
    {
        get
        {
            lock (_gate) return !_isRunning;
        }
    }

    /// <summary>Lets <paramref name="attempt"/> enter; false if the agent has retired, and another has to be asked.</summary>
    internal bool TryEnter(Attempt attempt)
    {
        lock (_gate)
        {
            if (_isRetired) return false;
            _attempts.Add(attempt.Contender.Id, attempt);
        }
        Submit(new EnterJob(this, attempt));
        return true;
    }

    /// <summary>Has <paramref name="job"/> done, as soon as what is under way allows.</summary>
    internal void Submit(KeyJob job)
    {
        lock (_gate) _jobs.Add(job);
        Run();
    }

    /// <summary>Has <paramref name="job"/> tried again, after it has failed.</summary>
    internal void SubmitLater(KeyJob job) => _ = SubmitAfterPauseAsync(job);

    /// <summary>A swap of another process has made <paramref name="record"/> of the key's; null if the news could not carry it.</summary>
    internal void Tell(StoredRecord? record)
    {
        lock (_gate)
        {
            if (record is { } news) _news.Enqueue(news);
            else _mustLook = true;
        }
        Run();
    }

    /// <summary>Has the agent read the record and see whether anything is to be done.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            if (_attempts.Count == 0) return;
            _mustLook = true;
        }
        Run();
    }

    /// <summary>Ends an attempt without the lock, unless it is decided.</summary>
    internal void End(Attempt attempt, WaitOutcome outcome)
    {
        if (!TryTake(attempt, hasEntered: true, out var holder)) return;
        attempt.CompleteWithout(outcome, holder, _storeError);
    }

    /// <summary>The record says that the attempt would have to wait, and it may not.</summary>
    internal void Refuse(Attempt attempt)
    {
        if (TryTake(attempt, hasEntered: false, out var holder)) attempt.CompleteWithout(WaitOutcome.TimedOut, holder, storeError: null);
    }

    /// <summary>The record says that too many wait.</summary>
    internal void RefuseForQueue(Attempt attempt)
    {
        var what = $"{Options.MaxWaiters} wait for it already ({nameof(LeaseOptions)}.{nameof(LeaseOptions.MaxWaiters)})";
        if (TryTake(attempt, hasEntered: false, out _)) attempt.Fail(new LockProviderException(_provider.Name, _key, what));
    }

    /// <summary>The store can't be used; what became of the attempt there is not known.</summary>
    internal void Fail(Attempt attempt, LockProviderException error)
    {
        if (TryTake(attempt, hasEntered: true, out _)) attempt.Fail(error);
    }

    /// <summary>The hold is no more: its guard has released it, or its lease was lost. Complete when the store knows.</summary>
    internal Task Leave(LeasedHold hold)
    {
        var leave = new LeaveJob(this, hold.Id, lastUsedToken: hold.Token, isWait: false);
        lock (_gate)
        {
            _holds.Remove(hold.Id);
            _jobs.Add(leave);
        }
        Run();
        return leave.Completion;
    }

    /// <summary>The end of the provider: whoever waits fails, whatever is held is released.</summary>
    internal Task CloseAsync()
    {
        List<Attempt> attempts;
        List<LeasedHold> holds;
        lock (_gate) (attempts, holds) = ([.. _attempts.Values], [.. _holds.Values]);
        foreach (var attempt in attempts) Fail(attempt, new LockProviderException(_provider.Name, _key, "the provider was disposed"));
        return Task.WhenAll(holds.Select(static hold => hold.LoseAsync("the provider was disposed")));
    }

    internal LockSnapshot? ToSnapshot()
    {
        lock (_gate)
        {
            var waiters = Ranked().Select(static ranked => ranked.Attempt.ToSnapshot(ranked.PassedOver)).ToList();
            var holders = _holds.Values.OrderBy(static hold => hold.Token).Select(static hold => hold.ToSnapshot()).ToList();
            return holders.Count + waiters.Count == 0 ? null : new LockSnapshot(_key, holders, waiters);
        }
    }

    private bool TryTake(Attempt attempt, bool hasEntered, out string? holder)
    {
        var id = attempt.Contender.Id;
        lock (_gate)
        {
            holder = null;
            if (!attempt.TryDecideHoldingGate()) return false;
            _attempts.Remove(id);
            if (_record.Holders.Length > 0) holder = _record.Holders[0].Owner;
            else if (_record.Waiters.Length > 0) holder = _record.Waiters[0].Contender.Owner;
            // One that has not set out yet has left no trace.
            if (_jobs.RemoveAll(job => job is EnterJob enter && enter.Attempt == attempt) > 0 && _record.IndexOfWaiter(id) < 0) hasEntered = false;
            if (hasEntered) _jobs.Add(new LeaveJob(this, id, lastUsedToken: 0, isWait: true));
        }
        Run();
        return true;
    }

    /// <summary>Those who stand in the queue, best first.</summary>
    private IEnumerable<(Attempt Attempt, int PassedOver)> Ranked() =>
        from attempt in _attempts.Values
        let place = _record.IndexOfWaiter(attempt.Contender.Id)
        where place >= 0
        let passedOver = _record.Waiters[place].PassedOver
        let isAged = passedOver >= Lock.MaxPassedOver
        orderby isAged descending, isAged ? 0 : attempt.Contender.Priority descending, attempt.Contender.Id.Number
        select (attempt, passedOver);

    private async Task SubmitAfterPauseAsync(KeyJob job)
    {
        await Task.Delay(_provider.Options.StoreTimeout, _provider.Options.TimeProvider).ConfigureAwait(false);
        if (!_provider.IsDisposed) Submit(job);
    }
}
