using System.Collections.Concurrent;
using System.Globalization;

namespace GoGoScope;

/// <summary>
/// Those who listen to metrics, spans and events. They are the application's, write logs that may be full, and take their time: what is found
/// out by a clock, or about a store, is not told on the thread that has found it out, for which other leases, deadlines and renewals wait.
/// </summary>
internal static class Listeners
{
    // Of a listener that never returns nothing more is hoped for: what it is not told must not fill the memory.
    private const int MostUntold = 4096;

    private static readonly ConcurrentQueue<Action> Untold = new();
    private static int _isTelling;
    private static long _lost;

    /// <summary>
    /// Tells it on the thread pool, one after another in the order of the calls. A listener that takes long keeps up what comes after it, and
    /// nobody else: it has one thread. While thousands are untold, more are not told at all, be it that a listener hangs or that more has come about at once; how many those were is told in the end. What is counted is added up
    /// instead (<see cref="Tally"/>).
    /// </summary>
    /// <param name="tell">Doesn't throw.</param>
    internal static void TellSoon(Action tell)
    {
        if (Untold.Count >= MostUntold)
        {
            Interlocked.Increment(ref _lost);
            return;
        }
        TellSurely(tell);
    }

    /// <summary>The same, however many are untold; for what there are only a few of.</summary>
    /// <param name="tell">Doesn't throw.</param>
    internal static void TellSurely(Action tell)
    {
        Untold.Enqueue(tell);
        if (Interlocked.Exchange(ref _isTelling, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(static _ => TellAll(), null);
    }

    private static void TellAll()
    {
        do
        {
            while (Untold.TryDequeue(out var tell)) tell();
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost) TellLost(lost);
            Interlocked.Exchange(ref _isTelling, 0);
        }
        // Who came just before has found somebody who tells.
        while (!Untold.IsEmpty && Interlocked.Exchange(ref _isTelling, 1) == 0);
    }

    private static void TellLost(long count) => GoGoScopeEventSource.Log?.CallbackFailed(
        scope: null,
        new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"So much came about while listeners were told of it that {count} events and measurements were told to nobody.")));
}
