using System.Diagnostics;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>How long things took, one after another.</summary>
internal sealed class Durations
{
    private const int Turns = 10;

    private readonly List<double> _microseconds = [];

    /// <summary>
    /// Does one and the other in short turns, each for <paramref name="slice"/> in all, so that whatever drifts hits both alike.
    /// </summary>
    internal static async Task<(Durations One, Durations Other)> CompareAsync(TimeSpan slice, Func<Task> one, Func<Task> other)
    {
        // The first turn is for the compiler.
        await new Durations().TakeAsync(slice / 2, one);
        await new Durations().TakeAsync(slice / 2, other);
        var (ofOne, ofOther) = (new Durations(), new Durations());
        for (var turn = 0; turn < Turns; turn++)
        {
            await ofOne.TakeAsync(slice / Turns, one);
            await ofOther.TakeAsync(slice / Turns, other);
        }
        return (ofOne, ofOther);
    }

    /// <summary>Does it again and again for <paramref name="slice"/>, at least once.</summary>
    internal static async Task<Durations> OfAsync(TimeSpan slice, Func<Task> work)
    {
        await new Durations().TakeAsync(slice / 4, work);
        var durations = new Durations();
        await durations.TakeAsync(slice, work);
        return durations;
    }

    internal void Add(double microseconds) => _microseconds.Add(microseconds);

    internal double Median => Percentile(50);

    internal double Percentile(int percent)
    {
        var sorted = _microseconds.Order().ToList();
        return sorted[(sorted.Count - 1) * percent / 100];
    }

    private async Task TakeAsync(TimeSpan slice, Func<Task> work)
    {
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(slice.TotalSeconds * Stopwatch.Frequency);
        do
        {
            await work();
            var now = Stopwatch.GetTimestamp();
            Add(Stopwatch.GetElapsedTime(begin, now).TotalMicroseconds);
            begin = now;
        }
        while (begin < end);
    }
}
