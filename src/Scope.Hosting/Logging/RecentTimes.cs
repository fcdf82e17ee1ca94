namespace GoGoScope.Hosting.Logging;

/// <summary>When something has happened, the last times that it did; a thousand are enough to know that there were many.</summary>
internal sealed class RecentTimes(TimeProvider time)
{
    private const int Most = 1_000;

    private readonly Queue<long> _times = new();

    internal void Add()
    {
        lock (_times)
        {
            if (_times.Count == Most) _times.Dequeue();
            _times.Enqueue(time.GetTimestamp());
        }
    }

    /// <summary>How often it has happened within <paramref name="period"/> until now.</summary>
    internal int CountWithin(TimeSpan period)
    {
        lock (_times) return _times.Count(at => time.GetElapsedTime(at) <= period);
    }
}
