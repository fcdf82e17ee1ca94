namespace GoGoScope;

/// <summary>
/// All that this process has to do with one key of a store. Its requests queue here, and one contender stands for them in the
/// record; what that is granted, a lease, the agent hands from one request to the next for as long as it may.
/// </summary>
/// <remarks>
/// <para>Whatever happens changes what is here, under the gate, and lets the runner see what has to be done about the record. One
/// swap is under way at a time, and does all that has come up meanwhile.</para>
/// <para>What must hold: a request is decided once; whoever holds the key here has a lease that stands in the record, or did when it
/// was last seen; whatever stands there for this process and serves nobody here is taken out, however long that takes.</para>
/// </remarks>
internal sealed partial class KeyAgent
{
    private readonly LeasedLockProvider _provider;
    private readonly string _key;
    private readonly string _storeKey;

    // Guards what follows; nothing that calls out or waits runs inside it.
    private readonly object _gate = new();
    private readonly WaitQueue _queue = new();
    private readonly List<Attempt> _tries = [];
    private readonly List<KeyLease> _leases = [];
    private Queue<StoredRecord>? _news;
    private KeyContender? _contender;
    private LockRecord _record = LockRecord.Free;
    private int _queued;
    private long _arrivals;
    private bool _mustLook;
    private bool _isRunning;

    // Runners that have nothing more to do for anybody, and still say so and set the next look.
    private int _finishing;
    private bool _isRetired;
    private bool _isLeftAsItIs;
    private TaskCompletionSource? _retired;
    private LockProviderException? _storeError;

    internal KeyAgent(LeasedLockProvider provider, string key)
    {
        _provider = provider;
        _key = key;
        _storeKey = LeasedLockProvider.KeyPrefix + key;
        _look = new KeyLook(this);
        _givingUp = new GivingUp(this);
        _lingerEnd = Options.Linger > TimeSpan.Zero ? new LingerEnd(this) : null;
    }

    internal string Key => _key;

    internal string ProviderName => _provider.Name;

    internal object Gate => _gate;

    internal StoreClock Clock => _provider.Clock;

    internal LeaseOptions Options => _provider.Options;

    internal DeadlineQueue Deadlines => _provider.Deadlines;

    internal bool IsIdle
    {
        get
        {
            lock (_gate) return _finishing == 0 && (!_isRunning || _pausing is { IsCompleted: false } || _patience is { Task.IsCompleted: false });
        }
    }

    /// <summary>
    /// A request comes in: a hold if it is granted at once, an attempt otherwise. False if the agent has retired, and another
    /// has to be asked.
    /// </summary>
    internal bool TryEnter(in LockRequest request, LeaseKind kind, bool answersNull, out LeasedHold? hold, out Attempt? attempt)
    {
        (hold, attempt) = (null, null);
        var now = Deadlines.Now;
        Tidings? tidings = null;
        LeaveWait? left = null;
        lock (_gate)
        {
            if (_isRetired) return false;
            ObjectDisposedException.ThrowIf(_provider.IsDisposed, _provider);
            _usedAt = now;
            var isBlocked = IsBlocked(kind.Mode, request.Priority);
            if (!isBlocked && LeaseFor(kind, attempt: null, now) is { } lease)
            {
                _queue.CountPassedOver(WaitQueue.NewestTicket, own: null);
                hold = lease.Grant(in request);
                left = lease.TakeLeft();
            }
            else
            {
                attempt = new Attempt(this, in request, kind, answersNull) { CameAt = now, Arrival = NextArrival() };
                attempt.HadToWait = isBlocked && attempt.MayWait;
                if (IsInOtherUse(kind.Permits, out var found)) RefuseForOtherUse(attempt, found, tidings = Tidings.Begin());
                else if (attempt.MayWait && _queued < Options.MaxWaiters) Queue(attempt);
                else if (attempt.MayWait) RefuseForQueue(attempt, tidings = Tidings.Begin());
                else if (isBlocked) Refuse(attempt, tidings = Tidings.Begin());
                else _tries.Add(attempt);
            }
        }
        left?.Left();
        tidings?.Tell();
        if (attempt is not null) Run();
        return true;
    }

    /// <summary>Ends an attempt without the lock, unless it is decided.</summary>
    internal void End(Attempt attempt, WaitOutcome outcome)
    {
        if (TryEnd(attempt, outcome)) Run();
    }

    /// <summary>The time of an attempt is over.</summary>
    internal void Due(Attempt attempt)
    {
        if (TryEnd(attempt, WaitOutcome.TimedOut)) RunElsewhere();
    }

    private bool TryEnd(Attempt attempt, WaitOutcome outcome)
    {
        var tidings = Tidings.Begin();
        try
        {
            lock (_gate)
            {
                if (!TryDecide(attempt)) return false;
                var isLate = outcome == WaitOutcome.TimedOut;
                LockProviderException? storeError = null;
                try
                {
                    if (isLate) storeError = StoreErrorOf(attempt);
                }
                finally
                {
                    tidings.Without(attempt, outcome, isLate ? Holder() : null, storeError);
                }
                Serve(Deadlines.Now, tidings);
            }
        }
        finally
        {
            // Whoever is decided is told, also if the clock can't be read.
            tidings.Tell();
        }
        return true;
    }

    /// <summary>
    /// A guard lets go of the key; false if it doesn't hold it, or is told now that it doesn't. <paramref name="left"/> is to be waited for: until then the store
    /// takes the key for held. Null if there is nothing to wait for.
    /// </summary>
    internal bool TryRelease(LeasedHold hold, out LeaveWait? left)
    {
        left = null;
        var lease = hold.Lease;
        var tidings = Tidings.Begin();
        bool released, runs;
        lock (_gate)
        {
            var now = Deadlines.Now;
            runs = LoseIfOver(lease, now, tidings);
            released = hold.TryRelease();
            if (released)
            {
                lease.Drop(hold, now);
                if (lease is { IsIdle: true, Kind.Permits: 0 }) _waitedUntil = now;
                _usedAt = now;
                FailAsked(lease, static () => LockHold.Released(), tidings);
                Serve(now, tidings);
                if (lease.IsIdle && !Lingers(lease, now)) left = lease.WaitForLeave();
                else if (lease.IsIdle) LetLinger(lease, tidings);
                runs = NeedsStore(lease, now);
            }
        }
        tidings.Tell();
        if (runs) Run();
        return released;
    }

    /// <summary>Under the gate: the number of what is wanted now.</summary>
    internal long NextArrival() => ++_arrivals;

    /// <summary>Asks the store to move the end of a lease, for its guard. Complete when it has answered.</summary>
    internal Task RenewAsync(LeasedHold hold, TimeSpan timeToLive)
    {
        Task asked;
        lock (_gate)
        {
            if (hold.WhyNot is { } over) return Task.FromException(over);
            asked = hold.Lease.WantAsync(timeToLive, Deadlines.Now);
        }
        Run();
        return asked;
    }

    /// <summary>The next time of a lease may have come: a renewal, or its end.</summary>
    internal void Due(KeyLease lease, long now)
    {
        var tidings = Tidings.Begin();
        bool onlyRenews;
        lock (_gate)
        {
            if (lease.IsOver || !_leases.Contains(lease)) return;
            LoseWhatIsOver(now, tidings);
            if (!lease.IsOver)
            {
                lease.NoticeTime(now);
                tidings.Scheduled(lease);
            }
            Serve(now, tidings);
            onlyRenews = _record.Waiters.Length == 0 && !_leases.Exists(static lease => lease.IsOver || lease.RunsLow) && _lingerEnd is null;
        }
        tidings.Tell();
        // Renewals go to the store together, and not on this thread.
        if (onlyRenews) Run();
        else RunElsewhere();
    }

    /// <summary>A swap of another process has made <paramref name="record"/> of the key's; null if the news could not carry it.</summary>
    internal void Tell(StoredRecord? record)
    {
        lock (_gate)
        {
            if (_isRetired) return;
            if (record is { } news) (_news ??= []).Enqueue(news);
            else _mustLook = true;
        }
        Run();
    }

    /// <summary>Has the agent read the record and see whether anything is to be done.</summary>
    internal void Look()
    {
        // Who stands in line to look has its turn.
        if (MustLook()) Run();
    }

    private bool MustLook()
    {
        lock (_gate)
        {
            _mustLook |= IsConcerned;
            return !_isInLine;
        }
    }

    /// <summary>
    /// The end of the provider: whoever waits fails, whatever is held is released, unless its holders were abandoned: then its lease
    /// has to end. Complete when nothing else of this process stands in the record or can still come there.
    /// </summary>
    internal Task CloseAsync()
    {
        const string Why = "the provider was disposed";
        var tidings = Tidings.Begin();
        Task retired;
        lock (_gate)
        {
            if (_isRetired) return Task.CompletedTask;
            retired = (_retired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            _isLeftAsItIs = _leases.Exists(static lease => lease.IsAbandoned);
            var error = new LockProviderException(_provider.Name, _key, Why);
            foreach (var attempt in Waiting()) Fail(attempt, error, tidings);
            foreach (var lease in _leases)
            {
                if (!lease.IsOver) Lose(lease, Why, tidings);
            }
        }
        tidings.Tell();
        // Not here: a store may keep the thread, and the end waits for all keys no longer than it may.
        RunElsewhere();
        return retired;
    }

    /// <summary>When the first renewal of what guards hold here is due, or was, as long as the store has not answered it.</summary>
    internal long RenewalDueAt()
    {
        var due = long.MaxValue;
        lock (_gate)
        {
            foreach (var lease in _leases)
            {
                if (!lease.IsIdle && !lease.IsAbandoned) due = Math.Min(due, lease.RenewalDueAt);
            }
        }
        return due;
    }

    internal LockSnapshot? ToSnapshot()
    {
        lock (_gate)
        {
            var holders = _leases.SelectMany(static lease => lease.Guards).OrderBy(static hold => hold.Token).Select(static hold => hold.ToSnapshot()).ToList();
            // Whom the store has not answered yet may get the key at once.
            var isWaiting = IsWaiting;
            var waiters = _queue.Ranked().Where(ranked => isWaiting || ((Attempt)ranked.Waiter).HadToWait).Select(static ranked => ((Attempt)ranked.Waiter).ToSnapshot(ranked.PassedOver)).ToList();
            return holders.Count + waiters.Count == 0 ? null : new LockSnapshot(_key, holders, waiters) { Title = Title(), Permits = _leases.Count > 0 ? _leases[0].Kind.Permits : 0 };
        }
    }
}
