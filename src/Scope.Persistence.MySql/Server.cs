using System.Globalization;

namespace GoGoScope.Persistence.MySql;

/// <summary>What a store has to know of its server before it can use it; asked once, and again when a swap has found it to be otherwise.</summary>
/// <param name="Returns">Whether an upsert can answer with the row (MariaDB since 10.6; MySQL can't).</param>
/// <param name="CommitsByItself">Whether a statement alone is a transaction, as the session was that was asked.</param>
/// <param name="Prepares">Whether a swap is prepared.</param>
internal sealed record Server(bool Returns, bool CommitsByItself, bool Prepares = false)
{
    // Of the next transaction alone.
    private const string SeesWhatIsCommitted = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

    // Whatever completion_type says: it may begin the next transaction at once, or end the session.
    private const string Commit = "COMMIT AND NO CHAIN NO RELEASE";

    /// <summary>Nothing is open afterwards.</summary>
    internal const string RollBack = "ROLLBACK AND NO CHAIN NO RELEASE";

    private static readonly Version FirstThatReturns = new(10, 6);

    /// <param name="version">As the server says it: "10.11.6-MariaDB-log", "8.0.36".</param>
    /// <param name="commitsByItself">See <see cref="CommitsByItself"/>.</param>
    internal static Server Of(string version, bool commitsByItself)
    {
        var isMariaDb = version.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        return new Server(isMariaDb && NumberOf(version) >= FirstThatReturns, commitsByItself);
    }

    /// <summary>The statements, which write, as one transaction.</summary>
    internal string Transaction(string statements)
    {
        var transaction = $"{Afresh}START TRANSACTION;\n{statements};\n{Commit}";
        return Returns ? transaction : $"{SessionSettings.Change};\n{transaction};\n{SessionSettings.PutBack}";
    }

    /// <summary>What undoes it when it has failed.</summary>
    internal string Undo => Returns ? RollBack : $"{RollBack};\n{SessionSettings.PutBack}";

    /// <summary>One statement that reads, and sees what is committed, whatever the session's isolation is.</summary>
    internal string Reading(string statement)
    {
        var text = CommitsByItself ? $"{SeesWhatIsCommitted};\n{ForOne}{statement}" : $"{Afresh}{SeesWhatIsCommitted};\nSTART TRANSACTION;\n{ForOne}{statement};\n{Commit}";
        return Returns ? text : $"{SessionSettings.ClockGoesOn};\n{text}";
    }

    /// <summary>What stands before each statement that is a part of <see cref="Transaction"/>.</summary>
    internal string ForOne => Returns ? SessionSettings.ForOne : "";

    /// <summary>The clock in a statement.</summary>
    internal string Clock => Returns ? Table.ClockOfUtc : Table.Clock;

    // Where nothing commits by itself, whoever had the connection before may have left something open.
    private string Afresh => CommitsByItself ? "" : $"{RollBack};\n";

    private static Version NumberOf(string version)
    {
        // Old proxies say 5.5.5- before it.
        var text = version.StartsWith("5.5.5-", StringComparison.Ordinal) ? version[6..] : version;
        var numbers = text.Split('-')[0].Split('.').Select(static part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        return new Version(numbers[0], numbers.Length > 1 ? numbers[1] : 0);
    }
}
