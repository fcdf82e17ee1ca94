using System.Runtime.InteropServices;

namespace GoGoScope;

// How the jobs get done: one after another, several by one swap.
internal sealed partial class KeyAgent
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    // Only the runner uses these. The record as last seen in the store: maybe no longer true, and then the swap says so.
    private StoredRecord? _known;
    private bool _isCurrent;

    private void Run()
    {
        lock (_gate)
        {
            if (_isRunning) return;
            _isRunning = true;
        }
        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        var jobs = new List<KeyJob>();
        while (TakeWork(jobs, out var look))
        {
            await DoAsync(jobs, look).ConfigureAwait(false);
            jobs.Clear();
        }
    }

    /// <summary>What is to be done now; false, and the runner ends, if there is nothing.</summary>
    private bool TakeWork(List<KeyJob> jobs, out bool look)
    {
        TakeNews();
        lock (_gate)
        {
            jobs.AddRange(_jobs);
            _jobs.Clear();
            look = _mustLook;
            _mustLook = false;
            if (jobs.Count > 0 || look || _news.Count > 0) return true;

            _isRunning = false;
            if (_attempts.Count == 0 && _holds.Count == 0)
            {
                _isRetired = true;
                _provider.Retire(this);
            }
        }
        _look.Schedule();
        return false;
    }

    /// <summary>What other processes have made of the record for this one; what makes no sense is looked at in the store.</summary>
    private void TakeNews()
    {
        while (true)
        {
            StoredRecord news;
            lock (_gate)
            {
                if (!_news.TryDequeue(out news)) return;
            }
            try
            {
                var record = LockRecord.Parse(in news);
                List<(Attempt, LeasedHold)>? granted;
                lock (_gate) granted = NoticeHoldingGate(in news, record);
                Begin(granted);
            }
            catch (FormatException)
            {
                lock (_gate) _mustLook = true;
            }
        }
    }

    private async Task DoAsync(List<KeyJob> jobs, bool look)
    {
        _isCurrent = false;
        var failing = default(Failing?);
        var done = 0;
        while (done < jobs.Count || look)
        {
            try
            {
                if (look || !Clock.IsKnown)
                {
                    Take(await ReadAsync().ConfigureAwait(false));
                    if (look) AddWhoIsMissing(jobs);
                    look = false;
                    continue;
                }
                done += await TryDoAsync(jobs, done).ConfigureAwait(false);
                failing = null;
                _storeError = null;
            }
            catch (Exception error)
            {
                var started = failing ??= new Failing(Deadlines.Now, FirstPause);
                var wrapped = _storeError = Wrap(error);
                var isOver = error is FormatException || _provider.IsDisposed || Options.TimeProvider.GetElapsedTime(started.Since) >= Options.StoreTimeout;
                if (isOver)
                {
                    foreach (var job in jobs.Skip(done)) job.Failed(wrapped);
                    return;
                }
                await Task.Delay(started.Pause, Options.TimeProvider).ConfigureAwait(false);
                failing = started with { Pause = started.Pause * 2 > LongestPause ? LongestPause : started.Pause * 2 };
                // Whether the last swap had an effect only the record can tell.
                look = true;
            }
        }
    }

    /// <summary>Tries the next swap. Says how many jobs are done; none if another process was faster, or the record was not known well enough.</summary>
    private async ValueTask<int> TryDoAsync(List<KeyJob> jobs, int done)
    {
        var (stored, record) = _known is { } known ? (known, _record) : (default(StoredRecord) with { Body = "" }, LockRecord.Free);
        var dead = await _provider.Liveness.DeadAmongAsync(record).ConfigureAwait(false);
        var circumstances = new Circumstances { Now = Clock.Earliest, Dead = dead, Limits = _provider.Limits };
        var plan = SwapPlan.Make(in stored, record, CollectionsMarshal.AsSpan(jobs)[done..], in circumstances);

        if (plan.NeedsToWait)
        {
            await _provider.GetReadyToWaitAsync().ConfigureAwait(false);
            return 0;
        }
        if (!plan.Changes)
        {
            if (_isCurrent)
            {
                plan.Tell();
                return plan.Count;
            }
            Take(await ReadAsync().ConfigureAwait(false));
            return 0;
        }

        var swap = plan.ToSwap(StoreKey, LockSwap.NewVersion(), notAfter: Clock.Latest + StoreTime.Length(Options.StoreTimeout));
        var reply = await _provider.CallAsync(store => store.SwapAsync(swap, CancellationToken.None)).ConfigureAwait(false);
        if (reply.Version != swap.Version)
        {
            Take(reply);
            return 0;
        }
        Take(reply, plan.Record.At(reply.Fence));
        plan.Tell();
        return plan.Count;
    }

    private ValueTask<StoredRecord> ReadAsync() => _provider.CallAsync(store => store.ReadAsync(StoreKey, CancellationToken.None));

    private string StoreKey => LeasedLockProvider.KeyPrefix + _key;

    private void Take(in StoredRecord stored) => Take(in stored, LockRecord.Parse(in stored));

    /// <summary>The store has answered with the record as it is now.</summary>
    private void Take(in StoredRecord stored, LockRecord record)
    {
        _isCurrent = true;
        List<(Attempt, LeasedHold)>? granted;
        lock (_gate) granted = NoticeHoldingGate(in stored, record);
        Begin(granted);
        LoseWhatIsGone();
    }

    /// <summary>After a look: whoever waits here and stands no longer in the record enters again; and somebody sees to what has expired.</summary>
    private void AddWhoIsMissing(List<KeyJob> jobs)
    {
        lock (_gate)
        {
            var before = jobs.Count;
            foreach (var attempt in _attempts.Values)
            {
                if (_record.IndexOfWaiter(attempt.Contender.Id) < 0 && !jobs.Exists(job => job is EnterJob enter && enter.Attempt == attempt))
                    jobs.Add(new EnterJob(this, attempt));
            }
            if (jobs.Count == before && _attempts.Count > 0) jobs.Add(new EnterJob(this, _attempts.Values.First()));
        }
    }

    private LockProviderException Wrap(Exception error) => error as LockProviderException
        ?? new LockProviderException(_provider.Name, _key, error is FormatException ? error.Message : $"{error.GetType().Name}: {error.Message}", error);

    private readonly record struct Failing(long Since, TimeSpan Pause);
}
