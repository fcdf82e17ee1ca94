namespace GoGoScope;

/// <summary>
/// Which processes are alive. Each that waits for something has a record of its own in the store, a heartbeat, and renews it;
/// others read it when they are to hand a key to that process.
/// </summary>
internal sealed class ProcessLiveness(LeasedLockProvider provider)
{
    private const string KeyPrefix = "process:";
    private const int BeatsPerLife = 3;

    // A beat that gets no answer may take half a life to fail.
    private static readonly TimeSpan SoonAgain = TimeSpan.FromMilliseconds(500);

    // Whom nobody has asked about for a while is forgotten when there are more.
    private const int FewEnough = 64;

    private readonly object _gate = new();

    // When those were asked about who were alive. The dead are not remembered: what they have left goes with the next swap, and one who
    // was only cut off may be back.
    private readonly Dictionary<string, long> _seenAlive = [];
    private Beat? _beat;
    private long _version;
    private long _aliveUntil;
    private int _beating;

    internal bool IsIdle => Volatile.Read(ref _beating) == 0;

    /// <summary>Whether others take this process for alive, by what is known of the store's clock.</summary>
    internal bool IsAlive => Volatile.Read(ref _aliveUntil) is > 0 and var until && provider.Clock.Latest < until;

    /// <summary>Lets this process be heard of, from now on and until the provider ends. Returns when it was.</summary>
    internal async Task BeginAsync()
    {
        await BeatAsync().ConfigureAwait(false);
        var beat = new Beat(this);
        if (Interlocked.CompareExchange(ref _beat, beat, null) is null) Schedule(beat);
    }

    internal void Stop()
    {
        if (Volatile.Read(ref _beat) is { } beat) provider.Deadlines.Cancel(beat);
    }

    /// <summary>The processes that wait in <paramref name="record"/> and have not been heard of in time; null if there is none.</summary>
    internal ValueTask<IReadOnlySet<string>?> DeadAmongAsync(LockRecord record)
    {
        if (record.Waiters.Length == 0) return default;
        List<string>? unknown = null;
        lock (_gate)
        {
            foreach (ref readonly var waiter in record.Waiters)
            {
                var process = waiter.Id.Process;
                if (process != provider.Process && (!_seenAlive.TryGetValue(process, out var at) || IsStale(at))) Add(ref unknown, process);
            }
        }
        return unknown is null ? default : new(AskAsync(unknown));
    }

    private static void Add(ref List<string>? processes, string process)
    {
        if (processes is null) processes = [process];
        else if (!processes.Contains(process)) processes.Add(process);
    }

    private async Task<IReadOnlySet<string>?> AskAsync(List<string> processes)
    {
        HashSet<string>? dead = null;
        var answers = await Task.WhenAll(processes.Select(ReadAsync)).ConfigureAwait(false);
        lock (_gate)
        {
            ForgetHoldingGate();
            for (var i = 0; i < answers.Length; i++)
            {
                if (Heartbeat.IsAlive(in answers[i])) _seenAlive[processes[i]] = provider.Deadlines.Now;
                else (dead ??= []).Add(processes[i]);
            }
        }
        return dead;
    }

    // A task also where the store throws instead of answering: else those that were asked before would be left alone.
    private async Task<StoredRecord> ReadAsync(string process) => await provider.ReadAsync(KeyPrefix + process).ConfigureAwait(false);

    private void ForgetHoldingGate()
    {
        if (_seenAlive.Count < FewEnough) return;
        foreach (var (process, at) in _seenAlive)
        {
            if (IsStale(at)) _seenAlive.Remove(process);
        }
    }

    private bool IsStale(long at) => provider.Options.TimeProvider.GetElapsedTime(at) >= provider.Options.Liveness / BeatsPerLife;

    private void Schedule(Beat beat, bool hasFailed = false)
    {
        provider.Deadlines.Schedule(beat, UntilNext(hasFailed));
        if (provider.HasEnded) provider.Deadlines.Cancel(beat);
    }

    private async Task BeatAsync()
    {
        var key = KeyPrefix + provider.Process;
        if (!provider.Clock.IsKnown) await provider.ReadAsync(key).ConfigureAwait(false);
        for (var isLate = false; ;)
        {
            var until = provider.Clock.Earliest + StoreTime.Length(provider.Options.Liveness);
            var swap = new LockSwap
            {
                Key = key,
                Expected = _version,
                Version = LockSwap.NewVersion(),
                Body = Heartbeat.Write(until),
                NotAfter = until,
                KeepUntil = until,
            };
            var stored = await provider.SwapAsync(in swap).ConfigureAwait(false);
            _version = stored.IsFree ? 0 : stored.Version;
            if (stored.Version == swap.Version)
            {
                Volatile.Write(ref _aliveUntil, until);
                return;
            }
            ObjectDisposedException.ThrowIf(provider.HasEnded, provider);
            // Not overtaken by another beat, but too late. Once, this process may have been paused; twice, the next one may be as well.
            if (isLate && stored.Now >= until) throw new TimeoutException($"The store takes longer to answer than the {nameof(LeaseOptions.Liveness)} of {LockText.Duration(provider.Options.Liveness)}.");
            isLate = stored.Now >= until;
        }
    }

    // In time for a third attempt, whatever the first two have waited for.
    private TimeSpan UntilNext(bool hasFailed)
    {
        var usual = provider.Options.Liveness / BeatsPerLife;
        return hasFailed && usual > SoonAgain ? SoonAgain : usual;
    }

    // Not on the thread of the deadline, which has others to see to, of other stores, too: this one may keep it.
    private void BeatAgain(Beat beat)
    {
        Interlocked.Increment(ref _beating);
        ThreadPool.UnsafeQueueUserWorkItem(static beat => _ = beat.Liveness.BeatAgainAsync(beat), beat, preferLocal: false);
    }

    private async Task BeatAgainAsync(Beat beat)
    {
        var hasFailed = false;
        try
        {
            if (!provider.HasEnded) await BeatAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            hasFailed = true;
            if (!provider.HasEnded) GoGoScopeEventSource.Log?.StoreFailed(new LockProviderException(provider.Name, KeyPrefix + provider.Process, error.Message, error));
        }
        finally
        {
            try
            {
                Schedule(beat, hasFailed);
            }
            finally
            {
                Interlocked.Decrement(ref _beating);
            }
        }
    }

    private sealed class Beat(ProcessLiveness liveness) : Deadline
    {
        internal ProcessLiveness Liveness => liveness;

        internal override void OnDue(long now) => liveness.BeatAgain(this);
    }
}
