using System.Numerics;

namespace GoGoScope;

/// <summary>
/// Results that come in any order, each written to its own place without a gate: the places are in segments, which are added and
/// never moved. The first segment has <paramref name="expected"/> places, each later one as many as all before it.
/// </summary>
internal sealed class OrderedResults<T>(int expected)
{
    private const int FewestPlaces = 16;

    private readonly int _first = Math.Max(expected, FewestPlaces);
    private readonly T[]?[] _segments = new T[32][];

    internal void Set(int index, T result)
    {
        var segment = SegmentOf(index);
        var start = StartOf(segment);
        (Volatile.Read(ref _segments[segment]) ?? Add(segment))[index - start] = result;
    }

    /// <summary>The first <paramref name="count"/> of them. Nobody may be writing any more.</summary>
    internal T[] ToArray(int count)
    {
        if (count == 0) return [];
        if (_segments[0] is { } only && only.Length == count) return only;
        var all = new T[count];
        for (var segment = 0; segment <= SegmentOf(count - 1); segment++)
        {
            var start = StartOf(segment);
            Array.Copy(_segments[segment]!, 0, all, start, Math.Min(SizeOf(segment), count - start));
        }
        return all;
    }

    private T[] Add(int segment)
    {
        var added = new T[SizeOf(segment)];
        return Interlocked.CompareExchange(ref _segments[segment], added, null) ?? added;
    }

    private int SegmentOf(int index) => index < _first ? 0 : BitOperations.Log2((uint)(index / _first)) + 1;

    private int StartOf(int segment) => segment == 0 ? 0 : _first << (segment - 1);

    private int SizeOf(int segment) => segment == 0 ? _first : Math.Min(_first << (segment - 1), Array.MaxLength - StartOf(segment));
}
