using System.Globalization;
using System.Text;

namespace GoGoScope;

/// <summary>How many children there are, and the numbers of the oldest: those are the ones that hang.</summary>
internal sealed class OldestChildren
{
    private const int Shown = 16;

    private readonly Queue<long> _newestFirst = new(Shown);

    public int Count { get; private set; }

    public IEnumerable<long> Oldest => _newestFirst.Reverse();

    internal void AddOlder(long number)
    {
        if (_newestFirst.Count == Shown) _newestFirst.Dequeue();
        _newestFirst.Enqueue(number);
        Count++;
    }

    internal void AppendTo(StringBuilder text, string what)
    {
        if (Count == 0) return;
        var numbers = string.Join(", ", Oldest.Select(number => $"#{number}"));
        text.AppendLine(CultureInfo.InvariantCulture, $"{what}: {Count} ({numbers}{(Count > Shown ? ", …" : "")})");
    }
}
