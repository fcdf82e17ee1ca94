using System.Collections.Concurrent;

namespace GoGoScope;

/// <summary>
/// Those who listen to metrics, spans and events. They are the application's, write logs that may be full, and take their time: what is found
/// out by a clock, or about a store, is not told on the thread that has found it out, for which other leases, deadlines and renewals wait.
/// </summary>
internal static class Listeners
{
    private static readonly ConcurrentQueue<Action> Untold = new();
    private static int _isTelling;

    /// <summary>
    /// Tells it on the thread pool, one after another in the order of the calls. A listener that takes long keeps up what comes after it, and
    /// nobody else: it has one thread.
    /// </summary>
    /// <param name="tell">Doesn't throw.</param>
    internal static void TellSoon(Action tell)
    {
        Untold.Enqueue(tell);
        if (Interlocked.Exchange(ref _isTelling, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(static _ => TellAll(), null);
    }

    private static void TellAll()
    {
        do
        {
            while (Untold.TryDequeue(out var tell)) tell();
            Interlocked.Exchange(ref _isTelling, 0);
        }
        // Who came just before has found somebody who tells.
        while (!Untold.IsEmpty && Interlocked.Exchange(ref _isTelling, 1) == 0);
    }
}
