namespace GoGoScope.Persistence.MySql;

/// <summary>
/// The statement of one swap: inserts the record or changes the one that is there, in one go, so that whoever comes at the same time waits for
/// its row, and sees what came of it.
/// </summary>
/// <remarks>
/// <para>What must hold: the decision is made once, when the row is ours, by the first assignment, which writes the number of this attempt; all
/// others only ask whether it is there. A version could not tell: that of a swap that is sent a second time stands there already.</para>
/// <para>A refused swap of a key that is not there leaves a row with version and fence 0 and no body: to everybody that is the same as none.</para>
/// </remarks>
internal static class SwapText
{
    private const string Largest = "9223372036854775807";

    /// <summary>The upsert; its answer is to be had by <see cref="Returning"/> or <see cref="Select"/>.</summary>
    internal static string Upsert(Table table, in LockSwap swap, byte[] hash, byte[] name, byte[]? body, long attempt)
    {
        var (version, draw, keepUntil) = (Literal.Of(swap.Version), Literal.Of(swap.Draw), Literal.Of(swap.KeepUntil));
        var isMade = $"attempt = {Literal.Of(attempt)}";
        var inTime = $"{Table.Clock} >= {Literal.Of(swap.NotBefore)} AND {Table.Clock} < {Literal.Of(swap.NotAfter)}";
        var isAsExpected = swap.Expected == 0 ? "body IS NULL" : $"version = {Literal.Of(swap.Expected)}";
        var newBody = Literal.Of(body);
        // One after another: each sees what those before it have assigned.
        return
            $"""
            INSERT INTO {table.Name} (id, name, attempt, fence, body, keep_until, version)
            VALUES ({Literal.Of(hash)}, {Literal.Of(name)}, {(swap.Expected == 0 ? $"IF({inTime}, {Literal.Of(attempt)}, 0)" : "0")},
                    IF({isMade}, {Table.Clock} + {draw}, 0), IF({isMade}, {newBody}, NULL), IF({isMade}, {keepUntil}, 0), IF({isMade}, {version}, 0))
            ON DUPLICATE KEY UPDATE
              attempt = IF({isAsExpected} AND {inTime}, {Literal.Of(attempt)}, attempt),
              fence = IF({isMade}, IF(body IS NULL, GREATEST(fence, {Table.Clock}), fence) + {draw}, fence),
              body = IF({isMade}, {newBody}, body),
              keep_until = IF({isMade}, {keepUntil}, keep_until),
              version = IF({isMade}, {version}, version)
            """;
    }

    /// <summary>What MariaDB adds to the upsert to be told what is there now: clock, version, fence, and the body if it is not the caller's own.</summary>
    internal static string Returning(in LockSwap swap, long attempt) => $" RETURNING {Answer(swap, attempt)}";

    /// <summary>The same where there is no RETURNING: a statement of its own, in the same transaction, which keeps the row.</summary>
    internal static string Select(Table table, in LockSwap swap, byte[] hash, long attempt) =>
        $"SELECT {Answer(swap, attempt)} FROM {table.Name} WHERE id = {Literal.Of(hash)}";

    // A row that was inserted when somebody else's had gone was judged by the clock of before that. If it is too late now, a number too large
    // makes the statement fail, and undoes it.
    private static string Answer(in LockSwap swap, long attempt) =>
        $"""
        {Table.Clock}, version, fence, IF(version = {Literal.Of(swap.Version)}, NULL, body),
        IF(attempt = {Literal.Of(attempt)} AND (version <> {Literal.Of(swap.Version)} OR {Table.Clock} >= {Literal.Of(swap.NotAfter)}), {Largest} + fence, 0)
        """;
}
