using System.Data.Common;
using System.Globalization;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>MariaDB under the contract of processes.</summary>
public sealed class MySqlProcessHarness : ServerProcessHarness
{
    public override string Store => "mysql";

    public override TestServer Server => TestServer.MariaDb;

    public override async Task PrepareAsync(string connection)
    {
        await using var store = new MySqlLockStore(connection);
        await store.EnsureSchemaAsync();
    }

    public override Task<ILockStore> OpenStoreAsync(string connection) => Task.FromResult<ILockStore>(new MySqlLockStore(connection));

    public override Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null) =>
        Task.FromResult<LeasedLockProvider>(new MySqlLockProvider(connection, leases: options));

    public override Type DriverError => typeof(DbException);

    public override int PortOf(string connection) => int.Parse(Settings.Get(connection, "Port"), CultureInfo.InvariantCulture);

    public override string AtPort(string connection, int port) => Settings.With(connection, ("Port", port));

    public override string WithOneConnection(string connection) => Settings.With(connection, ("Maximum Pool Size", 1));

    public override Task DeleteRecordAsync(string connection, string key) =>
        AdministerAsync(connection, $"DELETE FROM gogoscope_locks WHERE name = {Literal.Of(StoredText.Encode($"lock:{key}"))}");

    public override Task KillConnectionsAsync(string connection) => AdministerAsync(
        connection, "BEGIN NOT ATOMIC FOR c IN (SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root') DO KILL c.id; END FOR; END");

    public override async Task<ReadOnlyServer> StartReadOnlyAsync()
    {
        var server = await Server.StartOwnAsync();
        await PrepareAsync(server.Connection);
        await AdministerAsync(server.Connection, "SET GLOBAL read_only = 1");
        return new ReadOnlyServer(server.Connection, server);
    }

    private static async Task AdministerAsync(string connection, string sql)
    {
        await using var administrator = Driver.Open(Settings.With(connection, ("Pooling", false)));
        await administrator.ExecuteAsync(sql);
    }
}

public sealed class MySqlProcessExclusion : ProcessExclusionContract<MySqlProcessHarness>;

public sealed class MySqlProcessOrder : ProcessOrderContract<MySqlProcessHarness>;

public sealed class MySqlProcessReaders : ProcessReadersContract<MySqlProcessHarness>;

public sealed class MySqlProcessDeath : ProcessDeathContract<MySqlProcessHarness>;

public sealed class MySqlProcessSeveralLocks : ProcessSeveralLocksContract<MySqlProcessHarness>;

public sealed class MySqlProcessPermits : ProcessPermitsContract<MySqlProcessHarness>;

public sealed class MySqlProcessValues : ProcessValuesContract<MySqlProcessHarness>;

public sealed class MySqlLostReplies : LostReplyContract<MySqlProcessHarness>;

public sealed class MySqlOutages : OutageContract<MySqlProcessHarness>;

public sealed class MySqlNews : NewsContract<MySqlProcessHarness>;

public sealed class MySqlDisturbances : DisturbanceContract<MySqlProcessHarness>;

public sealed class MySqlCommands : CommandsContract<MySqlProcessHarness>;

public sealed class MySqlManyLeases : ManyLeasesContract<MySqlProcessHarness>;

public sealed class ProcessContractIsComplete
{
    [Test]
    public void Every_suite_is_run()
    {
        Assert.That(ProcessCompleteness.Suites.Concat(ProcessCompleteness.ServerSuites).Count(), Is.EqualTo(13));
        Assert.That(ProcessCompleteness.MissingIn(typeof(MySqlProcessHarness).Assembly), Is.Empty);
    }
}
