using System.Runtime.CompilerServices;

namespace GoGoScope;

// How what is wanted gets done: one swap after another, each for all that has come up meanwhile.
internal sealed partial class KeyAgent
{
    // How many requests had come when the store was asked the last question that it has answered.
    private long _answeredArrivals;

    // The store has just heard that this process lives. Whoever wants to wait enters now, even if the store is so slow that it does not count as
    // alive any more: another beat would end no better.
    private bool _isReadyToWait;

    private void Run()
    {
        if (TryBeginToRun()) _provider.TakeRunner().Run(this);
    }

    /// <summary>The same when a deadline has come: its thread has others to see to, of other stores, too, and a store may keep it.</summary>
    private void RunElsewhere()
    {
        if (TryBeginToRun()) ThreadPool.UnsafeQueueUserWorkItem(static agent => agent._provider.TakeRunner().Run(agent), this, preferLocal: false);
    }

    private bool TryBeginToRun()
    {
        TaskCompletionSource<bool>? patience;
        lock (_gate)
        {
            if (!_isRunning) return _isRunning = true;
            _hasMore = true;
            patience = _patience;
        }
        patience?.TrySetResult(false);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask RunAsync(KeyRunner runner)
    {
        while (TakeWork(runner))
        {
            runner.StartedAt = Deadlines.Now;
            try
            {
                var worked = await TryDoAsync(runner).ConfigureAwait(false);
                // What else there is to do for the key may take long.
                if (!IsInDoubt) GiveTurnBack(runner);
                ThrowIfLateAgain();
                if (worked && (_lateGrants == 0 || _contender is { Stands: true })) Worked();
            }
            catch (Exception error)
            {
                Telemetry.Renewed(ProviderName, RenewalOutcome.Failed, runner.Steps.Count(static step => step is RenewStep));
                await FailedAsync(runner, error).ConfigureAwait(false);
            }
        }
        GiveTurnBack(runner);
        _look.Schedule();
        lock (_gate) _finishing--;
    }

    /// <summary>Finds out what is to be done now; false, and the runner ends, if there is nothing.</summary>
    private bool TakeWork(KeyRunner runner)
    {
        while (true)
        {
            TakeNews();
            var tidings = Tidings.Begin();
            bool hasWork;
            lock (_gate)
            {
                if (_news is { Count: > 0 }) continue;
                _hasMore = false;
                var now = Deadlines.Now;
                if (_provider.HasEnded || _isLeftAsItIs) LeaveAsItIs(tidings);
                Serve(now, tidings);
                runner.Steps.Clear();
                AddSteps(runner.Steps, now, tidings, out var look);
                hasWork = look || runner.Steps.Count > 0;
                if (hasWork)
                {
                    (runner.Look, runner.Arrivals) = (look, _arrivals);
                    if (look) _mustLook = false;
                }
                else
                {
                    Worked();
                    _isRunning = false;
                    _finishing++;
                    if (!IsConcerned && !IsRemembered(now)) Retire();
                }
            }
            tidings.Tell();
            return hasWork;
        }
    }

    private void Retire()
    {
        Volatile.Write(ref _isRetired, true);
        if (_lingerEnd is not null) Deadlines.Cancel(_lingerEnd);
        Deadlines.Cancel(_look);
        Deadlines.Cancel(_givingUp);
        _provider.Retire(this);
        _retired?.TrySetResult();
    }

    /// <summary>What other processes have made of the record for this one; what makes no sense is looked at in the store.</summary>
    private void TakeNews()
    {
        while (true)
        {
            StoredRecord news;
            lock (_gate)
            {
                if (_news is null || !_news.TryDequeue(out news)) return;
            }
            try
            {
                Take(in news, LockRecord.Parse(in news), isAnswer: false);
            }
            catch (FormatException)
            {
                lock (_gate) _mustLook = true;
            }
        }
    }

    /// <summary>Whether the store has answered what was wanted of it: a record can perhaps be read while none can be swapped.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryDoAsync(KeyRunner runner)
    {
        if (runner.Look || !Clock.IsKnown)
        {
            await ReadAsync(runner).ConfigureAwait(false);
            if (runner.Look) _mustSettle = true;
            return false;
        }

        // A lease that lingers has to be told of those who come to wait.
        if (Options.Linger > TimeSpan.Zero && !_provider.HearsOfOthers) await _provider.GetReadyToWaitAsync().ConfigureAwait(false);
        var (stored, record) = _known is { } known ? (known, _record) : (default(StoredRecord) with { Body = "" }, LockRecord.Free);
        var circumstances = new Circumstances { Now = Clock.Earliest, Limits = _provider.Limits };
        // Who keeps what it has need not know who else lives, unless that makes room for somebody.
        if (!runner.OnlyKeeps || record.NextExpiry <= circumstances.Now)
        {
            var dead = await _provider.Liveness.DeadAmongAsync(record).ConfigureAwait(false);
            circumstances = circumstances with { Now = Clock.Earliest, Dead = dead };
        }
        var plan = runner.Plan;
        plan.Make(in stored, record, runner.Steps, in circumstances);
        // Which may fail, or take its time, so it comes last.
        var needsToWait = plan.NeedsToWait;
        if (needsToWait) plan.Make(in stored, record, plan.StepsWithoutWaiting(), in circumstances);
        if (plan.Changes)
        {
            await SwapAsync(runner).ConfigureAwait(false);
            return !needsToWait;
        }
        if (plan.MustBeLaterThan > _answeredArrivals)
        {
            // A renewal that changes nothing comes from the thread of all deadlines, which the store must not keep.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await ReadAsync(runner).ConfigureAwait(false);
            return false;
        }
        Take(in stored, record, isAnswer: false, plan);
        if (!needsToWait) return true;
        await GetReadyToWaitAsync(runner).ConfigureAwait(false);
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SwapAsync(KeyRunner runner)
    {
        var plan = runner.Plan;
        var swap = plan.ToSwap(_storeKey, LockSwap.NewVersion(), notAfter: Clock.Latest + StoreTime.Length(Options.StoreTimeout));
        StoredRecord reply;
        try
        {
            // What only renews is in no hurry, and goes to the store together with others.
            reply = plan.OnlyRenews
                ? await _provider.Renewals.SwapAsync(swap, TimeLeft()).ConfigureAwait(false)
                : await _provider.SwapAsync(in swap).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not ArgumentException)
        {
            // Whether it had an effect, or still will have, only the record can tell. A key that the store does not take was refused before that.
            Doubt(swap.NotAfter);
            throw;
        }
        _answeredArrivals = runner.Arrivals;
        if (reply.Version == swap.Version) Take(in reply, plan.Record.At(reply.Fence), isAnswer: true, plan);
        else Take(in reply, LockRecord.Parse(in reply), isAnswer: true);
    }

    /// <summary>How long the first of the leases here still lasts.</summary>
    private TimeSpan TimeLeft()
    {
        var end = long.MaxValue;
        lock (_gate)
        {
            foreach (var lease in _leases)
            {
                if (!lease.IsOver) end = Math.Min(end, lease.RelyUntil);
            }
        }
        return Deadlines.Until(end) ?? TimeSpan.MaxValue;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadAsync(KeyRunner runner)
    {
        var stored = await _provider.ReadAsync(_storeKey).ConfigureAwait(false);
        _answeredArrivals = runner.Arrivals;
        Take(in stored, LockRecord.Parse(in stored), isAnswer: true);
    }

    /// <summary>The record is this, and what was planned, if anything, has come true.</summary>
    private void Take(in StoredRecord stored, LockRecord record, bool isAnswer, SwapPlan? done = null)
    {
        var tidings = Tidings.Begin();
        lock (_gate)
        {
            Notice(in stored, record, isAnswer, tidings);
            var now = Deadlines.Now;
            LoseWhatIsOver(now, tidings);
            done?.Tell(tidings);
            if (isAnswer) _answeredAt = now;
            Serve(now, tidings);
        }
        tidings.Tell();
    }

}
