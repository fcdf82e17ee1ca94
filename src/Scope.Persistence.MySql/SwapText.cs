using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.MySql;

/// <summary>
/// The statement of one swap: inserts the record or changes the one that is there, in one go, so that whoever comes at the same time waits for
/// its row, and sees what came of it. Made once for a table, with places for the values, which are written into it or sent beside it.
/// </summary>
/// <remarks>
/// <para>What must hold: the decision is made once, when the row is ours, by the first assignment, which writes the number of this attempt; all
/// others only ask whether it is there. A version could not tell: that of a swap that is sent a second time stands there already.</para>
/// <para>A refused swap of a key that is not there leaves a row with version and fence 0 and no body: to everybody that is the same as none.</para>
/// </remarks>
internal sealed class SwapText
{
    // Places for values; no table has a NUL in its name.
    private const char BeforePlace = '\0';
    private const string Id = "\0i";
    private const string Name = "\0n";
    private const string Expected = "\0e";
    private const string Attempt = "\0a";
    private const string Draw = "\0d";
    private const string Body = "\0b";
    private const string KeepUntil = "\0k";
    private const string Version = "\0v";
    private const string First = "\0f";
    private const string Last = "\0l";

    private const string IsMade = $"attempt = {Attempt}";

    private const string Largest = "9223372036854775807";

    // Nothing commits by itself, or somebody has left a transaction open: what is done now may be undone when it was believed.
    private const string IsInTransaction = "@@session.autocommit = 0 OR @@in_transaction = 1";

    private readonly string[] _pieces;

    private SwapText(string text)
    {
        _pieces = text.Split(BeforePlace);
        Prepared = text.Replace(BeforePlace, '@');
    }

    /// <summary>With parameters in its places, called as the places are, behind an "@".</summary>
    internal string Prepared { get; }

    /// <summary>As MariaDB takes it, which answers with what is there now: clock, version, fence, and the body if it is not the caller's own.</summary>
    internal static SwapText Returning(string table) => new($"{SessionSettings.ForOne}{Upsert(table, Table.ClockOfUtc)}\nRETURNING {Answer(Table.ClockOfUtc, Table.IsReadOnly)}");

    /// <summary>The same, to be sent alone, where a statement is a transaction by itself. Where it is none it fails.</summary>
    internal static SwapText Alone(string table) =>
        new($"{SessionSettings.ForOne}{Upsert(table, Table.ClockOfUtc)}\nRETURNING {Answer(Table.ClockOfUtc, $"{Table.IsReadOnly} OR {IsInTransaction}")}");

    /// <summary>The same where there is no RETURNING: two statements, to be sent as one transaction, which keeps the row. It has to be read as it is
    /// committed now: together with others, the transaction may have begun before somebody else's swap.</summary>
    internal static SwapText Selecting(string table) => new($"{Upsert(table, Table.Clock)};\nSELECT {Answer(Table.Clock, Table.IsReadOnly)} FROM {table} WHERE id = {Id} FOR UPDATE");

    /// <summary>Appends it with the values of <paramref name="swap"/> in it.</summary>
    internal void AppendTo(ref DefaultInterpolatedStringHandler text, EncodedSwap swap, long attempt)
    {
        text.AppendLiteral(_pieces[0]);
        foreach (var piece in _pieces.AsSpan(1))
        {
            swap.AppendTo(ref text, piece[0], attempt);
            text.AppendFormatted(piece.AsSpan(1));
        }
    }

    // Assigned one after another: each sees what those before it have assigned. "body" is a word of its own to a MariaDB whose sql_mode is ORACLE.
    private static string Upsert(string table, string clock) =>
        $"""
        INSERT INTO {table} (id, name, attempt, fence, `body`, keep_until, version)
        VALUES ({Id}, {Name}, IF({Expected} = 0 AND {clock} BETWEEN {First} AND {Last}, {Attempt}, 0),
                IF({IsMade}, {clock} + {Draw}, 0), IF({IsMade}, {Body}, NULL), IF({IsMade}, {KeepUntil}, 0), IF({IsMade}, {Version}, 0))
        ON DUPLICATE KEY UPDATE
          attempt = IF(IF({Expected} = 0, `body` IS NULL, version = {Expected}) AND {clock} BETWEEN {First} AND {Last}, {Attempt}, attempt),
          fence = IF({IsMade}, IF(`body` IS NULL, GREATEST(fence, {clock}), fence) + {Draw}, fence),
          `body` = IF({IsMade}, {Body}, `body`),
          keep_until = IF({IsMade}, {KeepUntil}, keep_until),
          version = IF({IsMade}, {Version}, version)
        """;

    // A row that was inserted when somebody else's had gone was judged by the clock of before that. If it is too late now, or if the server or the
    // session is not one that swaps are for (any more: that is looked at once, and may change), a number too large makes the statement fail, and
    // undoes it.
    private static string Answer(string clock, string isWrong) =>
        $"""
        {clock}, version, fence, IF(version = {Version}, NULL, `body`),
        IF({isWrong} OR {IsMade} AND (version <> {Version} OR {clock} > {Last}), {Largest} + fence + 1, 0)
        """;
}
