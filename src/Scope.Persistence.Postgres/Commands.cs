using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>All that is sent on the store's own connections. Whoever gives up does not wait for it, but its connection does: so it has an end, also where <c>Command Timeout=0</c>.</summary>
internal static class Commands
{
    private const int WithoutEnd = 0;

    // As the driver has it, if nobody says otherwise.
    private const int LongestSeconds = 30;

#pragma warning disable RS0030 // This is where they are made.
    internal static NpgsqlCommand New(NpgsqlConnection connection, string text)
    {
        var command = new NpgsqlCommand(text, connection);
        if (command.CommandTimeout == WithoutEnd) command.CommandTimeout = LongestSeconds;
        return command;
    }

    /// <summary>Not one that the connection makes: that would be emptied, and kept by it.</summary>
    internal static NpgsqlBatch NewBatch(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        if (batch.Timeout == WithoutEnd) batch.Timeout = LongestSeconds;
        return batch;
    }
#pragma warning restore RS0030
}
