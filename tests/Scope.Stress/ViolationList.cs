using System.Collections.Concurrent;

namespace GoGoScope.Stress;

/// <summary>What went wrong; the first few of each run.</summary>
public sealed class ViolationList
{
    private const int Longest = 20;
    private readonly ConcurrentQueue<string> _list = new();
    private int _count;

    /// <summary>How many there were.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The first ones.</summary>
    public IReadOnlyCollection<string> First => _list;

    internal void Add(string violation)
    {
        if (Interlocked.Increment(ref _count) <= Longest) _list.Enqueue(violation);
    }
}
