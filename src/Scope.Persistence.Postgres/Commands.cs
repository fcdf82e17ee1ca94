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

    /// <summary>What tells the server names of statements: the driver lets that take as long as the connection says, whatever the command does.</summary>
    /// <exception cref="TimeoutException">The server has not answered.</exception>
    internal static Task PrepareAsync(NpgsqlConnection connection, Func<CancellationToken, Task> prepare, CancellationToken cancellationToken)
    {
        return connection.CommandTimeout == WithoutEnd ? InTimeAsync() : prepare(cancellationToken);

        async Task InTimeAsync()
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            end.CancelAfter(TimeSpan.FromSeconds(LongestSeconds));
            try
            {
                await prepare(end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"The server has not answered within {LongestSeconds} s.", e);
            }
        }
    }
}
