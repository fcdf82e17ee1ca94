using System.Globalization;
using System.Text;

namespace GoGoScope.Tool;

/// <summary>A line of what gogoscope and its supervisor tell each other: a word and numbers.</summary>
internal readonly record struct SupervisorLine(string Word, params long[] Numbers)
{
    // To the supervisor.

    /// <summary>The lease was renewed: the timestamp until which it can be relied upon now.</summary>
    internal const string Until = "until";

    /// <summary>The number of a signal, for the program's group.</summary>
    internal const string SignalGroup = "signal-group";

    /// <summary>The same, of a key of the terminal, which gogoscope's group has heard of.</summary>
    internal const string SignalTyped = "signal-typed";

    /// <summary>The number of a signal, for the program alone.</summary>
    internal const string SignalProgram = "signal-program";

    /// <summary>The lease is lost.</summary>
    internal const string End = "end";

    // From it.

    /// <summary>The program runs.</summary>
    internal const string Started = "started";

    /// <summary>The program is asked to end, because the lease does.</summary>
    internal const string Ending = "ending";

    /// <summary>The three numbers of a <see cref="ProgramEnd"/>.</summary>
    internal const string Ended = "ended";

    internal static SupervisorLine Of(ProgramEnd end) => new(Ended, (long)end.Kind, end.Number, end.WasMade ? 1 : 0);

    internal static SupervisorLine Parse(string line)
    {
        var words = line.Split(' ');
        return new(words[0], [.. words[1..].Select(word => long.Parse(word, CultureInfo.InvariantCulture))]);
    }

    internal ProgramEnd ToEnd() => new((ProgramEndKind)Numbers[0], (int)Numbers[1], Numbers[2] != 0);

    /// <summary>Writes it in one piece. That the other side has ended is noticed elsewhere.</summary>
    internal void WriteTo(Stream stream)
    {
        try
        {
            stream.Write(ToBytes());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads it any more.
        }
    }

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes($"{this}\n");

    public override string ToString() => string.Join(' ', [Word, .. Numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))]);
}
