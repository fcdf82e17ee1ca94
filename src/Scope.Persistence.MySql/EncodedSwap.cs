using System.Data.Common;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>A swap as the statement takes it; made before anything is sent, so that what can't be stored is refused at once.</summary>
internal sealed class EncodedSwap
{
    private readonly LockSwap _swap;
    private readonly byte[] _name;
    private readonly byte[]? _body;

    /// <param name="swap">The swap.</param>
    /// <param name="index">Its place among those that were given.</param>
    /// <exception cref="ArgumentException">Key or body can't be stored.</exception>
    internal EncodedSwap(in LockSwap swap, int index)
    {
        ArgumentException.ThrowIfNullOrEmpty(swap.Key);
        _swap = swap;
        Index = index;
        _name = StoredText.Encode(swap.Key);
        Hash = StoredText.Hash(_name);
        _body = swap.Body.Length == 0 ? null : StoredText.Encode(swap.Body);
    }

    internal int Index { get; }

    internal byte[] Hash { get; }

    // The last moment at which it counts.
    private long Last => _swap.NotAfter == long.MinValue ? long.MinValue : _swap.NotAfter - 1;

    /// <summary>The answer with the body, which is not sent back to whoever has sent it.</summary>
    internal StoredRecord Complete(StoredRecord answer) => answer.Version == _swap.Version ? answer with { Body = _swap.Body } : answer;

    /// <summary>Writes the value for a place of <see cref="SwapText"/>.</summary>
    internal void AppendTo(ref DefaultInterpolatedStringHandler text, char place, long attempt)
    {
        switch (place)
        {
            case 'i': Literal.AppendTo(ref text, Hash); break;
            case 'n': Literal.AppendTo(ref text, _name); break;
            case 'b': Literal.AppendTo(ref text, _body); break;
            case 'e': text.AppendFormatted(_swap.Expected); break;
            case 'a': text.AppendFormatted(attempt); break;
            case 'd': text.AppendFormatted(_swap.Draw); break;
            case 'k': text.AppendFormatted(_swap.KeepUntil); break;
            case 'v': text.AppendFormatted(_swap.Version); break;
            case 'f': text.AppendFormatted(_swap.NotBefore); break;
            case 'l': text.AppendFormatted(Last); break;
            default: throw new UnreachableException($"No value is called '{place}'.");
        }
    }

    /// <summary>Adds the same values as parameters of <see cref="SwapText.Prepared"/>.</summary>
    internal void AddTo(DbCommand command, long attempt)
    {
        Add(command, "@i", Hash);
        Add(command, "@n", _name);
        Add(command, "@b", _body ?? (object)DBNull.Value);
        Add(command, "@e", _swap.Expected);
        Add(command, "@a", attempt);
        Add(command, "@d", _swap.Draw);
        Add(command, "@k", _swap.KeepUntil);
        Add(command, "@v", _swap.Version);
        Add(command, "@f", _swap.NotBefore);
        Add(command, "@l", Last);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
