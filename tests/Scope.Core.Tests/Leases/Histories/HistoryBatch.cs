using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Many histories, one seed after the other, until one of them is broken.</summary>
internal sealed class HistoryBatch
{
    // Not one that takes long: one that never comes to an end, which no history itself can notice.
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    // However long they take.
    private const int Fewest = 2_000;

    // Of one that doesn't end.
    private const int MostLines = 2_000;

    private long _lastSeed;
    private long _startedAt = Stopwatch.GetTimestamp();
    private volatile History? _running;

    internal HistoryCounts Counts { get; } = new();

    /// <summary>Runs histories; says which one was broken and how, and null if none was.</summary>
    /// <param name="seed">That of the first; the next one has the next number.</param>
    /// <param name="histories">How many.</param>
    /// <param name="longest">After this time no further one is begun, unless there were too few.</param>
    internal async Task<string?> RunAsync(ulong seed, int histories, TimeSpan longest)
    {
        using var over = new ManualResetEventSlim();
        var watchdog = new Thread(() => Watch(over)) { IsBackground = true };
        watchdog.Start();
        var started = Stopwatch.GetTimestamp();
        try
        {
            for (var i = 0; i < histories && (i < Fewest || Stopwatch.GetElapsedTime(started) < longest); i++)
            {
                Interlocked.Exchange(ref _lastSeed, (long)seed + i);
                Interlocked.Exchange(ref _startedAt, Stopwatch.GetTimestamp());
                if (await BreaksAsync(History.NumbersOf(seed + (ulong)i), isLogged: histories == 1) is { } broken) return await TellAsync(seed + (ulong)i, broken);
            }
        }
        finally
        {
            over.Set();
        }
        return LostErrors.Take() is { } lost ? $"The exception of a task was never observed: {lost}" : null;
    }

    /// <summary>What is broken by the history of these numbers; null if nothing is.</summary>
    private async Task<string?> BreaksAsync(ulong[] numbers, bool isLogged = false)
    {
        var history = new History(numbers, isLogged);
        _running = history;
        try
        {
            await history.RunAsync();
            return null;
        }
        catch (BrokenHistoryException broken)
        {
            return broken.Message;
        }
        finally
        {
            Counts.Add(history.World);
        }
    }

    private async Task<string> TellAsync(ulong seed, string broken)
    {
        var shortest = await ShrinkAsync(History.NumbersOf(seed));
        var history = new History(shortest, isLogged: true);
        var again = "(it did not break again)";
        try
        {
            await history.RunAsync();
        }
        catch (BrokenHistoryException error)
        {
            again = error.Message;
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {broken}
            GOGOSCOPE_SEED={seed} GOGOSCOPE_HISTORIES=1 runs it again. The shortest one like it, {shortest.Length - 1} steps: {again}
            {string.Join('\n', history.World.Log!.Lines)}
            """);
    }

    /// <summary>Leaves out as many steps as it can, so that it still breaks, in whatever way.</summary>
    private async Task<ulong[]> ShrinkAsync(ulong[] numbers)
    {
        var tries = 0;
        for (var chunk = numbers.Length / 2; chunk >= 1; chunk /= 2)
        {
            for (var start = 1; start < numbers.Length && tries < 600;)
            {
                ulong[] shorter = [.. numbers[..start], .. numbers.Skip(start + chunk)];
                tries++;
                Interlocked.Exchange(ref _startedAt, Stopwatch.GetTimestamp());
                if (await BreaksAsync(shorter) is not null) numbers = shorter;
                else start += chunk;
            }
        }
        return numbers;
    }

    private void Watch(ManualResetEventSlim over)
    {
        while (!over.Wait(TimeSpan.FromSeconds(1)))
        {
            if (Stopwatch.GetElapsedTime(Interlocked.Read(ref _startedAt)) < HangLimit) continue;
            Console.WriteLine(
                $"The history of GOGOSCOPE_SEED={Interlocked.Read(ref _lastSeed)} GOGOSCOPE_HISTORIES=1 has not come to an end: something runs without waiting for "
                + $"anybody. If it was the only one, this was the beginning:\n{string.Join('\n', (_running?.World.Log?.Lines ?? []).Take(MostLines))}");
            Console.Out.Flush();
            Environment.Exit(1);
        }
    }
}
