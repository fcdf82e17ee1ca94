using System.Data.Common;
using System.Globalization;

namespace GoGoScope.Persistence.MySql;

/// <summary>The server's numbers of errors.</summary>
internal static class ServerError
{
    internal const int RecordChanged = 1020;
    internal const int NoDatabase = 1046;
    internal const int UnknownDatabase = 1049;
    internal const int DuplicateKey = 1062;
    internal const int Syntax = 1064;
    internal const int NoTable = 1146;
    internal const int LockWaitTimeout = 1205;
    internal const int Deadlock = 1213;
    internal const int UnknownStatement = 1243;
    internal const int ReadOnlyServer = 1290;
    internal const int CannotBePrepared = 1295;
    internal const int TooManyPrepared = 1461;
    internal const int TransactionIsOpen = 1568;
    internal const int MustBePreparedAgain = 1615;
    internal const int BinaryLogFormat = 1665;
    internal const int OutOfRange = 1690;
    internal const int ReadOnlyTransaction = 1792;
    internal const int ReadOnlyMode = 1836;
    internal const int RolledBackAtCommit = 3101;

    /// <summary>The number of what the server has said; zero if it has said nothing.</summary>
    // DbException has no place for it; MySqlConnector and MySql.Data both have it here.
    internal static int NumberOf(DbException error) => error.Data["Server Error Code"] switch
    {
        int number => number,
        { } other when int.TryParse($"{other}", NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => error.SqlState == "40001" ? Deadlock : 0,
    };
}
