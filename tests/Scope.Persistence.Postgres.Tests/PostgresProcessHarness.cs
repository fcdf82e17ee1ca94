using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>PostgreSQL under the contract of processes.</summary>
public sealed class PostgresProcessHarness : ServerProcessHarness
{
    public override string Store => "postgres";

    public override TestServer Server => TestServer.Postgres;

    public override async Task PrepareAsync(string connection)
    {
        await using var store = new PostgresLockStore(connection);
        await store.EnsureSchemaAsync();
    }

    public override Task<ILockStore> OpenStoreAsync(string connection) => Task.FromResult<ILockStore>(new PostgresLockStore(connection));

    public override Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null) =>
        Task.FromResult<LeasedLockProvider>(new PostgresLockProvider(connection, leases: options));

    public override Type DriverError => typeof(NpgsqlException);

    public override int PortOf(string connection) => new NpgsqlConnectionStringBuilder(connection).Port;

    public override string AtPort(string connection, int port) => new NpgsqlConnectionStringBuilder(connection) { Host = "127.0.0.1", Port = port }.ConnectionString;

    public override string WithOneConnection(string connection) => new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 1 }.ConnectionString;

    public override Task DeleteRecordAsync(string connection, string key) =>
        AdministerAsync(connection, "DELETE FROM gogoscope_locks WHERE name = convert_to($1, 'UTF8')", $"lock:{key}");

    public override Task KillConnectionsAsync(string connection) => AdministerAsync(
        connection, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");

    public override async Task<ReadOnlyServer> StartReadOnlyAsync()
    {
        var server = await Server.StartOwnAsync();
        await PrepareAsync(server.Connection);
        await server.StopAsync();
        // As of now it follows a primary, which it never hears from.
        var signal = Path.Combine(server.Folder, "data", "standby.signal");
        await File.WriteAllTextAsync(signal, "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(signal, (UnixFileMode)0b110_110_110);
        await server.StartAsync();
        return new ReadOnlyServer(server.Connection, server);
    }

    private static async Task AdministerAsync(string connection, string sql, params string[] values)
    {
        await using var administrator = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { Pooling = false });
        await using var command = administrator.CreateCommand(sql);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        await command.ExecuteNonQueryAsync();
    }
}

public sealed class PostgresProcessExclusion : ProcessExclusionContract<PostgresProcessHarness>;

public sealed class PostgresProcessOrder : ProcessOrderContract<PostgresProcessHarness>;

public sealed class PostgresProcessReaders : ProcessReadersContract<PostgresProcessHarness>;

public sealed class PostgresProcessDeath : ProcessDeathContract<PostgresProcessHarness>;

public sealed class PostgresProcessSeveralLocks : ProcessSeveralLocksContract<PostgresProcessHarness>;

public sealed class PostgresProcessPermits : ProcessPermitsContract<PostgresProcessHarness>;

public sealed class PostgresProcessValues : ProcessValuesContract<PostgresProcessHarness>;

public sealed class PostgresLostReplies : LostReplyContract<PostgresProcessHarness>;

public sealed class PostgresOutages : OutageContract<PostgresProcessHarness>;

public sealed class PostgresNews : NewsContract<PostgresProcessHarness>;

public sealed class PostgresDisturbances : DisturbanceContract<PostgresProcessHarness>;

public sealed class PostgresCommands : CommandsContract<PostgresProcessHarness>;

public sealed class PostgresManyLeases : ManyLeasesContract<PostgresProcessHarness>;

public sealed class ProcessContractIsComplete
{
    [Test]
    public void Every_suite_is_run()
    {
        Assert.That(ProcessCompleteness.Suites.Concat(ProcessCompleteness.ServerSuites).Count(), Is.EqualTo(13));
        Assert.That(ProcessCompleteness.MissingIn(typeof(PostgresProcessHarness).Assembly), Is.Empty);
    }
}
