using System.Diagnostics;

namespace GoGoScope.Stress;

/// <summary>A random mixture of everything that locks do, by many tasks at once, with what must hold checked all the while.</summary>
public sealed class StressRun
{
    private readonly CancellationTokenSource?[] _offered;
    private readonly List<Worker> _workers;
    private long _turns;

    /// <summary>Prepares a run.</summary>
    public StressRun(StressOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Targets = [.. Enumerable.Range(0, 8).Select(i => new Target(i, i < 5 ? Provider : null, overtaking: i % 2 == 1, Violations))];
        KeyedTargets = [.. Enumerable.Range(0, Targets.Count).Where(i => Targets[i].IsKeyed)];
        _offered = new CancellationTokenSource?[options.Tasks];
        _workers = [.. Enumerable.Range(1, options.Tasks).Select(number => new Worker(this, number))];
    }

    /// <summary>What to run.</summary>
    public StressOptions Options { get; }

    /// <summary>What went wrong.</summary>
    public ViolationList Violations { get; } = new();

    /// <summary>How often a lock was granted.</summary>
    public long Granted => _workers.Sum(w => Volatile.Read(ref w.Granted));

    /// <summary>How many requests had to wait.</summary>
    public long Waited => _workers.Sum(w => Volatile.Read(ref w.Waited));

    internal InMemoryLockProvider Provider { get; } = new();

    internal IReadOnlyList<Target> Targets { get; }

    internal IReadOnlyList<int> KeyedTargets { get; }

    /// <summary>Runs to the end, or until nothing has moved for too long.</summary>
    /// <param name="report">Called every few seconds with where it stands.</param>
    public async Task RunAsync(Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var started = Stopwatch.GetTimestamp();
        var working = Task.WhenAll(_workers.Select(worker => worker.WorkAsync()));
        if (!await WatchAsync(working, report)) return;
        CheckTheEnd();
        report($"{Summary(Stopwatch.GetElapsedTime(started))}");
    }

    /// <summary>Whether there is something left to do.</summary>
    internal bool TakeTurn() => Interlocked.Increment(ref _turns) <= Options.Acquisitions && Violations.Count == 0;

    /// <summary>Whoever picks this place next, now or after the wait has ended, cancels it.</summary>
    internal void OfferToCancel(int place, CancellationTokenSource source) => Volatile.Write(ref _offered[place], source);

    internal void CancelSomebody(int place) => Interlocked.Exchange(ref _offered[place], null)?.Cancel();

    private async Task<bool> WatchAsync(Task working, Action<string> report)
    {
        var (seen, since, reported) = (-1L, Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        while (await Task.WhenAny(working, Task.Delay(TimeSpan.FromMilliseconds(250))) != working)
        {
            var turns = Volatile.Read(ref _turns) + Granted;
            if (turns != seen) (seen, since) = (turns, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > Options.HangLimit)
            {
                Violations.Add($"nothing moved for {Options.HangLimit.TotalSeconds} s: a wake-up was lost");
                report(Dump());
                return false;
            }
            if (Stopwatch.GetElapsedTime(reported) < TimeSpan.FromSeconds(5)) continue;
            reported = Stopwatch.GetTimestamp();
            report($"{Math.Min(Volatile.Read(ref _turns), Options.Acquisitions):N0} of {Options.Acquisitions:N0}, {Granted:N0} granted, {Waited:N0} had to wait");
        }
        await working;
        return true;
    }

    private void CheckTheEnd()
    {
        for (var i = 0; i < Targets.Count; i++)
        {
            var writes = _workers.Sum(w => w.Writes[i]);
            if (Targets[i].Resource.Writes != writes) Violations.Add($"{Targets[i].Name}: {writes} exclusive grants, but {Targets[i].Resource.Writes} counted: lost updates");
            if (Targets[i].Own is { } own && own.Holders.Count + own.Waiters.Count > 0) Violations.Add($"{Targets[i].Name} is still held or waited for");
        }
        if (Provider.EntryCount != 0) Violations.Add($"{Provider.EntryCount} keys are kept: {Dump()}");
    }

    private string Dump() => string.Join(
        Environment.NewLine,
        Provider.Snapshot().Concat(Targets.Select(t => t.Own).OfType<LockSnapshot>())
            .Where(s => s.Holders.Count + s.Waiters.Count > 0)
            .Select(s => $"{s.Key ?? "no key"}: held by [{string.Join(", ", s.Holders)}], waited for by [{string.Join(", ", s.Waiters)}]"));

    private string Summary(TimeSpan elapsed)
    {
        var asked = Math.Min(_turns, Options.Acquisitions);
        return $"{asked:N0} acquisitions by {Options.Tasks} tasks, seed {Options.Seed}, in {elapsed.TotalSeconds:0.0} s: {Granted:N0} granted, "
            + $"{Waited:N0} ({100d * Waited / asked:0} %) had to wait, {_workers.Sum(w => w.TimedOut):N0} timed out or found it taken, "
            + $"{_workers.Sum(w => w.Cancelled):N0} cancelled, {_workers.Sum(w => w.Ended):N0} ended with lock or scope; {Violations.Count} violations";
    }
}
