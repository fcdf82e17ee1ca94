using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>MongoDB under the contract of processes.</summary>
public sealed class MongoProcessHarness : ServerProcessHarness
{
    public override string Store => "mongodb";

    public override TestServer Server => TestServer.Mongo;

    // It waits for a server that can be used, by default for half a minute.
    public override bool TellsThatNobodyIsThere => false;

    // What there is has to be read.
    public override int CommandsOfARefusal => 2;

    public override async Task PrepareAsync(string connection)
    {
        await using var store = new MongoLockStore(connection);
        await store.EnsureSchemaAsync();
    }

    public override Task<ILockStore> OpenStoreAsync(string connection) => Task.FromResult<ILockStore>(new MongoLockStore(connection));

    public override Task<LeasedLockProvider> OpenAsync(string connection, LeaseOptions? options = null) =>
        Task.FromResult<LeasedLockProvider>(new MongoLockProvider(connection, leases: options));

    public override Type DriverError => typeof(MongoException);

    public override int PortOf(string connection) => new MongoUrl(connection).Server.Port;

    public override string AtPort(string connection, int port) => With(connection, url => url.Server = new MongoServerAddress("127.0.0.1", port));

    // Each new connection says and asks more, too, so they are made before anything is counted.
    public override bool Counts(ReadOnlyMemory<byte> sent) => sent.Span.IndexOf("isMaster"u8) < 0 && sent.Span.IndexOf("hello"u8) < 0;

    public override string WithOneConnection(string connection) => With(connection, static url => url.MaxConnectionPoolSize = 1);

    public override async Task DeleteRecordAsync(string connection, string key)
    {
        var url = new MongoUrl(connection);
        using var administrator = new MongoClient(url);
        await administrator.GetDatabase(url.DatabaseName).GetCollection<BsonDocument>("gogoscope_locks").DeleteOneAsync(new BsonDocument("_id", $"lock:{key}"));
    }

    public override bool KillsConnections => false;

    public override async Task<ReadOnlyServer> StartReadOnlyAsync()
    {
        // A member of a set that was never made: it has no primary.
        var server = await Server.StartOwnAsync("--replSet", "never");
        using var administrator = new MongoClient(server.Connection);
        var says = await administrator.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("isMaster", 1));
        if (!says["ismaster"].ToBoolean()) return new ReadOnlyServer(server.Connection, server);
        await server.DisposeAsync();
        Assert.Ignore("This server can be written to whatever it is started with.");
        throw new InvalidOperationException();
    }

    private static string With(string connection, Action<MongoUrlBuilder> change)
    {
        var url = new MongoUrlBuilder(connection);
        change(url);
        return url.ToString();
    }
}

public sealed class MongoProcessExclusion : ProcessExclusionContract<MongoProcessHarness>;

public sealed class MongoProcessOrder : ProcessOrderContract<MongoProcessHarness>;

public sealed class MongoProcessReaders : ProcessReadersContract<MongoProcessHarness>;

public sealed class MongoProcessDeath : ProcessDeathContract<MongoProcessHarness>;

public sealed class MongoProcessSeveralLocks : ProcessSeveralLocksContract<MongoProcessHarness>;

public sealed class MongoProcessPermits : ProcessPermitsContract<MongoProcessHarness>;

public sealed class MongoProcessValues : ProcessValuesContract<MongoProcessHarness>;

public sealed class MongoLostReplies : LostReplyContract<MongoProcessHarness>;

public sealed class MongoOutages : OutageContract<MongoProcessHarness>;

public sealed class MongoNews : NewsContract<MongoProcessHarness>;

public sealed class MongoDisturbances : DisturbanceContract<MongoProcessHarness>;

public sealed class MongoCommands : CommandsContract<MongoProcessHarness>;

public sealed class MongoManyLeases : ManyLeasesContract<MongoProcessHarness>;

public sealed class ProcessContractIsComplete
{
    [Test]
    public void Every_suite_is_run()
    {
        Assert.That(ProcessCompleteness.Suites.Concat(ProcessCompleteness.ServerSuites).Count(), Is.EqualTo(13));
        Assert.That(ProcessCompleteness.MissingIn(typeof(MongoProcessHarness).Assembly), Is.Empty);
    }
}
