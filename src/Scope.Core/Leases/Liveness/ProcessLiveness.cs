using System.Globalization;

namespace GoGoScope;

/// <summary>
/// Which processes are alive. Each that waits for something has a record of its own in the store, a heartbeat, and renews it;
/// others read it when they are to hand a key to that process.
/// </summary>
internal sealed class ProcessLiveness(LeasedLockProvider provider)
{
    private const string KeyPrefix = "process:";
    private const int BeatsPerLife = 3;

    private readonly object _gate = new();
    private readonly Dictionary<string, Seen> _seen = [];
    private readonly HashSet<string> _dead = [];
    private Beat? _beat;
    private long _version;
    private int _beating;

    internal bool IsIdle => Volatile.Read(ref _beating) == 0;

    /// <summary>Lets this process be heard of, from now on. Returns when it was.</summary>
    internal async Task BeginAsync()
    {
        await BeatAsync().ConfigureAwait(false);
        var beat = new Beat(this);
        if (Interlocked.CompareExchange(ref _beat, beat, null) is null) Schedule(beat);
    }

    internal void Stop()
    {
        if (Interlocked.Exchange(ref _beat, null) is { } beat) provider.Deadlines.Cancel(beat);
    }

    /// <summary>The processes that wait in <paramref name="record"/> and have not been heard of in time; null if there is none.</summary>
    internal ValueTask<IReadOnlySet<string>?> DeadAmongAsync(LockRecord record)
    {
        List<string>? unknown = null;
        var isAnyDead = false;
        if (record.Waiters.Length > 0)
        {
            lock (_gate)
            {
                foreach (ref readonly var waiter in record.Waiters)
                {
                    var process = waiter.Id.Process;
                    if (process == provider.Process) continue;
                    isAnyDead |= _dead.Contains(process);
                    if (IsStale(process) && unknown?.Contains(process) != true) (unknown ??= []).Add(process);
                }
            }
        }
        return unknown is not null ? new(AskAsync(unknown)) : new(isAnyDead ? Dead() : null);
    }

    private async Task<IReadOnlySet<string>?> AskAsync(List<string> processes)
    {
        foreach (var process in processes)
        {
            var stored = await provider.CallAsync(store => store.ReadAsync(KeyPrefix + process, CancellationToken.None)).ConfigureAwait(false);
            lock (_gate)
            {
                _seen[process] = new Seen(provider.Deadlines.Now);
                if (IsAlive(in stored)) _dead.Remove(process);
                else _dead.Add(process);
            }
        }
        return Dead();
    }

    private HashSet<string>? Dead()
    {
        lock (_gate) return _dead.Count == 0 ? null : [.. _dead];
    }

    private bool IsStale(string process) =>
        !_seen.TryGetValue(process, out var seen) || provider.Options.TimeProvider.GetElapsedTime(seen.At) >= provider.Options.Liveness / BeatsPerLife;

    private static bool IsAlive(in StoredRecord stored) =>
        !stored.IsFree && long.TryParse(stored.Body, NumberStyles.None, CultureInfo.InvariantCulture, out var until) && stored.Now < until;

    private void Schedule(Beat beat)
    {
        var deadlines = provider.Deadlines;
        deadlines.Schedule(beat, provider.Options.Liveness / BeatsPerLife);
    }

    private async Task BeatAsync()
    {
        var key = KeyPrefix + provider.Process;
        if (!provider.Clock.IsKnown) await provider.CallAsync(store => store.ReadAsync(key, CancellationToken.None)).ConfigureAwait(false);
        while (true)
        {
            var until = provider.Clock.Latest + StoreTime.Length(provider.Options.Liveness);
            var swap = new LockSwap
            {
                Key = key,
                Expected = _version,
                Version = LockSwap.NewVersion(),
                Body = until.ToString(CultureInfo.InvariantCulture),
                NotAfter = until,
                KeepUntil = until,
            };
            var stored = await provider.CallAsync(store => store.SwapAsync(swap, CancellationToken.None)).ConfigureAwait(false);
            _version = stored.IsFree ? 0 : stored.Version;
            if (stored.Version == swap.Version) return;
        }
    }

    private async Task BeatAgainAsync(Beat beat)
    {
        Interlocked.Increment(ref _beating);
        try
        {
            await BeatAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            GoGoScopeEventSource.Log.StoreFailed(new LockProviderException(provider.Name, KeyPrefix + provider.Process, error.Message, error));
        }
        finally
        {
            Interlocked.Decrement(ref _beating);
            if (Volatile.Read(ref _beat) == beat) Schedule(beat);
        }
    }

    private readonly record struct Seen(long At);

    private sealed class Beat(ProcessLiveness liveness) : Deadline
    {
        internal override void OnDue() => _ = liveness.BeatAgainAsync(this);
    }
}
