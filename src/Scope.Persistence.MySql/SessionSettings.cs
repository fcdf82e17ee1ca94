namespace GoGoScope.Persistence.MySql;

/// <summary>
/// What holds while a statement runs, whatever the session says: a clock that goes on, and a short wait for a row that somebody keeps. Who wanted a
/// swap asks again until its time is over; a statement that waits for longer keeps its connection in vain, and, in a transaction, the rows that it has.
/// </summary>
internal static class SessionSettings
{
    /// <summary>
    /// Before a statement, on MariaDB: for that alone. In UTC the clock is easily read, and by the one function that <c>SET timestamp</c> does not stop. Assignments
    /// are made one after another: there is a mode in which they don't see those before them.
    /// </summary>
    // A second: the server knows nothing shorter that is more than none.
    internal const string ForOne = "SET STATEMENT time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = 1 FOR ";

    /// <summary>Before statements that only read, on other servers. It is not put back: whether it was set can't be seen.</summary>
    internal const string ClockGoesOn = "SET timestamp = DEFAULT";

    /// <summary>Before statements that write, on other servers, with <see cref="PutBack"/> after them. Drivers take variables of the user for parameters.</summary>
    internal const string Change = $"DO LAST_INSERT_ID(@@session.innodb_lock_wait_timeout);\n{ClockGoesOn}, innodb_lock_wait_timeout = 1";

    /// <summary>Gives the session its own wait again, after <see cref="Change"/>; nothing, if that was ended before it has changed it.</summary>
    internal const string PutBack = "SET innodb_lock_wait_timeout = IF(@@session.innodb_lock_wait_timeout = 1, LAST_INSERT_ID(), @@session.innodb_lock_wait_timeout)";
}
