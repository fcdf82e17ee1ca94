using System.Data.Common;

namespace GoGoScope.Persistence.MySql;

/// <summary>Statements that are sent as one text, and come to their end: see <see cref="Database"/> for why nothing is cut short.</summary>
internal static class Statements
{
    private const int Undos = 3;

    private const int WithoutEnd = 0;

    // As drivers have it, if nobody says otherwise.
    private const int LongestCommandSeconds = 30;

    /// <summary>Sends <paramref name="text"/> and reads all answers to the end, where errors of the commit come.</summary>
    internal static Task<T> ExecuteAsync<T>(DbConnection connection, string text, Func<DbDataReader, Task<T>> read, string undo = Server.RollBack) =>
        WholeAsync(connection, text, command => ReadAllAsync(command, read), undo);

    /// <summary>Sends a statement that is a transaction by itself, with its parameters, by the name that the connection has for it, if it has one yet.</summary>
    internal static Task<T> ExecutePreparedAsync<T>(
        DbConnection connection, string text, Action<DbCommand> addParameters, Func<DbDataReader, Task<T>> read) =>
        WholeAsync(connection, text, async command =>
        {
            addParameters(command);
            await command.PrepareAsync().ConfigureAwait(false);
            return await ReadAllAsync(command, read).ConfigureAwait(false);
        });

    /// <summary>What one statement reads, row by row, as it is committed now.</summary>
    internal static Task<List<T>> ReadAsync<T>(DbConnection connection, Server server, string text, Func<DbDataReader, T> read) =>
        ExecuteAsync(
            connection, server.Reading(text),
            async row =>
            {
                var all = new List<T>();
                while (await row.ReadAsync().ConfigureAwait(false)) all.Add(read(row));
                return all;
            });

    /// <summary>Sends statements that delete, as one transaction. Returns how many rows they have deleted.</summary>
    internal static Task<int> DeleteAsync(DbConnection connection, Server server, string text) =>
        WholeAsync(connection, server.Transaction(text), command => command.ExecuteNonQueryAsync(), server.Undo);

    /// <summary>Sends what answers nothing.</summary>
    internal static async Task ExecuteAsync(DbConnection connection, string text)
    {
        var command = Command(connection, text);
        await using (command.ConfigureAwait(false)) await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>Runs statements to their end. If that fails, <paramref name="undo"/> follows: the connection has no transaction afterwards.</summary>
    private static async Task<T> WholeAsync<T>(DbConnection connection, string text, Func<DbCommand, Task<T>> run, string undo = Server.RollBack)
    {
        try
        {
            var command = Command(connection, text);
            await using (command.ConfigureAwait(false)) return await run(command).ConfigureAwait(false);
        }
        catch
        {
            await UndoAsync(connection, undo).ConfigureAwait(false);
            throw;
        }
    }

    private static async Task<T> ReadAllAsync<T>(DbCommand command, Func<DbDataReader, Task<T>> read)
    {
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var result = await read(reader).ConfigureAwait(false);
            while (await reader.NextResultAsync().ConfigureAwait(false)) { }
            return result;
        }
    }

    internal static DbCommand Command(DbConnection connection, string text)
    {
        var command = connection.CreateCommand();
        command.CommandText = text;
        // Whoever gives up does not wait for it, but its connection does.
        if (command.CommandTimeout == WithoutEnd) command.CommandTimeout = LongestCommandSeconds;
        return command;
    }

    // The pool gives it to somebody else, and need not reset it. A statement that was given up may come to an end late, and take this one with
    // it; so it is tried again. Otherwise the connection is broken, and the server rolls back what was on it.
    private static async Task UndoAsync(DbConnection connection, string undo)
    {
        for (var attempt = 1; attempt <= Undos; attempt++)
        {
            try
            {
                await ExecuteAsync(connection, undo).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // What went wrong before is what counts.
            }
        }
    }
}
