using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres;

/// <summary>What kind of swap it is, as far as its statements go.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SwapShape(bool TakesFree, bool Wakes);

/// <summary>
/// The statements of a swap, filled in for each swap of that shape. Several, because one that did everything would answer with the
/// state from before it waited for others.
/// </summary>
internal sealed class SwapStatements
{
    private readonly Table _table;
    private readonly Change _first;
    private readonly Change? _insert;
    private readonly Statement _answer;
    private readonly Statement? _notify;
    private readonly NpgsqlParameter<long> _expected = new();
    private readonly NpgsqlParameter<byte[]> _name = Bytes();
    private readonly NpgsqlParameter<byte[]> _answerHash = Bytes();
    private readonly NpgsqlParameter<long> _answerVersion = new();
    private readonly NpgsqlParameter<long> _answerNotAfter = new();
    private readonly NpgsqlParameter<byte[]> _notifyHash = Bytes();
    private readonly NpgsqlParameter<long> _notifyVersion = new();
    private readonly NpgsqlParameter<string[]> _channels = new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    internal SwapStatements(Table table, SwapShape shape)
    {
        (_table, Shape) = (table, shape);
        _first = shape.TakesFree ? new Change(table.ReplaceFree) : new Change(table.ReplaceVersion, _expected);
        if (shape.TakesFree) _insert = new Change(table.InsertNew, _name);
        _answer = new Statement(table.Answer, _answerHash, _answerVersion, _answerNotAfter);
        if (shape.Wakes) _notify = new Statement(table.Notify, _notifyHash, _notifyVersion, _channels);
    }

    internal SwapShape Shape { get; }

    /// <param name="swap">The swap.</param>
    /// <param name="longestWait">For a row that somebody keeps, in milliseconds.</param>
    internal void Fill(EncodedSwap swap, int longestWait)
    {
        var values = swap.Swap;
        _first.Fill(swap, longestWait);
        _insert?.Fill(swap, longestWait);
        _expected.TypedValue = values.Expected;
        _name.TypedValue = swap.Name;
        _answerHash.TypedValue = _notifyHash.TypedValue = swap.Hash;
        _answerVersion.TypedValue = _notifyVersion.TypedValue = values.Version;
        _answerNotAfter.TypedValue = values.NotAfter;
        if (Shape.Wakes) _channels.TypedValue = [.. values.Wake!.Select(_table.ChannelOf)];
    }

    internal void AddTo(NpgsqlBatch batch)
    {
        _first.Statement.AddTo(batch);
        _insert?.Statement.AddTo(batch);
        _answer.AddTo(batch);
        _notify?.AddTo(batch);
    }

    private static NpgsqlParameter<byte[]> Bytes() => new() { NpgsqlDbType = NpgsqlDbType.Bytea };

    /// <summary>A text, and parameters that are used again and again.</summary>
    private sealed class Statement(string text, params NpgsqlParameter[] parameters)
    {
        private NpgsqlBatchCommand? _command;

        internal void AddTo(NpgsqlBatch batch)
        {
            // Commands are not used again: one that was prepared on a connection goes by the name that it has there, on any other one
            // as well, where that may be the name of another statement.
            _command?.Parameters.Clear();
            _command = new NpgsqlBatchCommand(text);
            foreach (var parameter in parameters) _command.Parameters.Add(parameter);
            batch.BatchCommands.Add(_command);
        }
    }

    /// <summary>A statement that puts the new record into its place, if that is as expected.</summary>
    private sealed class Change
    {
        private readonly NpgsqlParameter<byte[]> _hash = Bytes();
        private readonly NpgsqlParameter<long> _version = new();
        private readonly NpgsqlParameter<byte[]> _body = Bytes();
        private readonly NpgsqlParameter<long> _draw = new();
        private readonly NpgsqlParameter<long> _keepUntil = new();
        private readonly NpgsqlParameter<long> _notBefore = new();
        private readonly NpgsqlParameter<long> _notAfter = new();
        private readonly NpgsqlParameter<long> _longestWait = new();

        internal Change(string text, params ReadOnlySpan<NpgsqlParameter> own) =>
            Statement = new Statement(text, [_hash, _version, _body, _draw, _keepUntil, _notBefore, _notAfter, _longestWait, .. own]);

        internal Statement Statement { get; }

        internal void Fill(EncodedSwap swap, int longestWait)
        {
            var values = swap.Swap;
            _hash.TypedValue = swap.Hash;
            _version.TypedValue = values.Version;
            _body.TypedValue = swap.Body;
            _draw.TypedValue = values.Draw;
            _keepUntil.TypedValue = values.KeepUntil;
            _notBefore.TypedValue = values.NotBefore;
            _notAfter.TypedValue = values.NotAfter;
            _longestWait.TypedValue = longestWait;
        }
    }
}
