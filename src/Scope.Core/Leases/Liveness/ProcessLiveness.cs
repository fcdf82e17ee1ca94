namespace GoGoScope;

/// <summary>
/// Which processes are alive. Each that waits for something has a record of its own in the store, a heartbeat, and renews it;
/// others read it when they are to hand a key to that process.
/// </summary>
internal sealed class ProcessLiveness(LeasedLockProvider provider)
{
    private const string KeyPrefix = "process:";
    private const int BeatsPerLife = 3;

    // Whom nobody has asked about for a while is forgotten when there are more.
    private const int FewEnough = 64;

    private readonly object _gate = new();
    private readonly Dictionary<string, Seen> _seen = [];
    private Beat? _beat;
    private long _version;
    private int _beating;

    internal bool IsIdle => Volatile.Read(ref _beating) == 0;

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
        HashSet<string>? dead = null;
        List<string>? unknown = null;
        lock (_gate)
        {
            foreach (ref readonly var waiter in record.Waiters)
            {
                var process = waiter.Id.Process;
                if (process == provider.Process) continue;
                if (!_seen.TryGetValue(process, out var seen) || IsStale(seen)) Add(ref unknown, process);
                else if (!seen.IsAlive) (dead ??= []).Add(process);
            }
        }
        return unknown is null ? new(dead) : new(AskAsync(unknown, dead));
    }

    private static void Add(ref List<string>? processes, string process)
    {
        if (processes is null) processes = [process];
        else if (!processes.Contains(process)) processes.Add(process);
    }

    private async Task<IReadOnlySet<string>?> AskAsync(List<string> processes, HashSet<string>? dead)
    {
        var answers = await Task.WhenAll(processes.Select(process => provider.ReadAsync(KeyPrefix + process).AsTask())).ConfigureAwait(false);
        lock (_gate)
        {
            ForgetHoldingGate();
            for (var i = 0; i < answers.Length; i++)
            {
                var isAlive = Heartbeat.IsAlive(in answers[i]);
                _seen[processes[i]] = new Seen(provider.Deadlines.Now, isAlive);
                if (!isAlive) (dead ??= []).Add(processes[i]);
            }
        }
        return dead;
    }

    private void ForgetHoldingGate()
    {
        if (_seen.Count < FewEnough) return;
        foreach (var (process, seen) in _seen)
        {
            if (IsStale(seen)) _seen.Remove(process);
        }
    }

    private bool IsStale(Seen seen) => provider.Options.TimeProvider.GetElapsedTime(seen.At) >= provider.Options.Liveness / BeatsPerLife;

    private void Schedule(Beat beat)
    {
        provider.Deadlines.Schedule(beat, provider.Options.Liveness / BeatsPerLife);
        if (provider.HasEnded) provider.Deadlines.Cancel(beat);
    }

    private async Task BeatAsync()
    {
        var key = KeyPrefix + provider.Process;
        if (!provider.Clock.IsKnown) await provider.ReadAsync(key).ConfigureAwait(false);
        while (true)
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
            if (stored.Version == swap.Version) return;
        }
    }

    // Not on the thread of the deadline, which has others to see to, of other stores, too: this one may keep it.
    private void BeatAgain(Beat beat)
    {
        Interlocked.Increment(ref _beating);
        ThreadPool.UnsafeQueueUserWorkItem(static beat => _ = beat.Liveness.BeatAgainAsync(beat), beat, preferLocal: false);
    }

    private async Task BeatAgainAsync(Beat beat)
    {
        try
        {
            await BeatAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (!provider.HasEnded) GoGoScopeEventSource.Log.StoreFailed(new LockProviderException(provider.Name, KeyPrefix + provider.Process, error.Message, error));
        }
        finally
        {
            Interlocked.Decrement(ref _beating);
            Schedule(beat);
        }
    }

    private readonly record struct Seen(long At, bool IsAlive);

    private sealed class Beat(ProcessLiveness liveness) : Deadline
    {
        internal ProcessLiveness Liveness => liveness;

        internal override void OnDue() => liveness.BeatAgain(this);
    }
}
