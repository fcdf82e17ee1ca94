using GoGoScope.Testing;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>How the locks of a store are kept, where one can choose.</summary>
internal enum StoreVariant
{
    Default,

    /// <summary>PostgreSQL: the same, beside a floor that is prepared as well.</summary>
    PreparedFloor,

    /// <summary>PostgreSQL: without <c>PostgresStoreOptions.PrepareStatements</c>.</summary>
    Unprepared,

    /// <summary>PostgreSQL: <c>PostgresDurability.Fast</c>.</summary>
    Fast,

    /// <summary>MariaDB: as by default, beside a lock that only a session has.</summary>
    OfASession,
}

/// <summary>A store that is measured: its server, its client, and what its driver costs alone.</summary>
internal abstract class StoreKind(string name, ServerProgram program)
{
    internal static RedisKind Redis { get; } = new();

    internal static PostgresKind Postgres { get; } = new();

    internal static MariaDbKind MariaDb { get; } = new();

    /// <summary>What every run measures, and what this machine happens to have.</summary>
    internal static IReadOnlyList<StoreKind> All { get; } =
    [
        Redis,
        Postgres,
#if !WITHOUT_MYSQLCONNECTOR
        MariaDb,
#endif
        .. Others().Where(kind => kind.WhyNot() is null),
    ];

    internal string Name => name;

    /// <summary>What starts its servers.</summary>
    internal ServerProgram Program => program;

    private static StoreKind[] Others() =>
#if NO_MONGODB
        [];
#else
        [new MongoKind()];
#endif

    /// <summary>Whether it tells who waits, who has to look otherwise.</summary>
    internal virtual bool Tells => true;

    internal static StoreKind Of(string name) => All.Single(kind => kind.Name == name);

    /// <summary>Why it can't be measured on this machine; null if it can.</summary>
    internal string? WhyNot() => program.WhyNot();

    /// <summary>Starts a server on a free port of 127.0.0.1.</summary>
    internal abstract Task<LocalServer> StartAsync();

    /// <summary>The id of the server's process.</summary>
    internal abstract Task<int> ProcessOfAsync(LocalServer server);

    /// <summary>The connection string for another port, as that of a proxy.</summary>
    internal abstract string ConnectionAt(int port);

    /// <summary>A store on connections of its own.</summary>
    internal abstract Task<ILockStore> OpenAsync(string connection, StoreVariant variant);

    /// <summary>What the store's driver costs, on connections of its own.</summary>
    internal abstract Task<IFloor> OpenFloorAsync(string connection, StoreVariant variant);
}
