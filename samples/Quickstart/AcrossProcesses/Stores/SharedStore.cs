using System.Data.Common;
using System.Net.Sockets;
#if !NO_MONGODB
using MongoDB.Driver;
#endif
using Npgsql;
using StackExchange.Redis;

namespace GoGoScope.Quickstart;

/// <summary>A server that all processes use: it keeps the ledger of one run, and the locks on it.</summary>
/// <remarks>Everything of a run has the run's name in the store, so that runs do not meet, and can be cleaned up.</remarks>
internal abstract class SharedStore : IAsyncDisposable
{
    /// <summary>
    /// How long others wait for the locks of a worker that was killed, and for how long it is still taken to wait for some
    /// itself. A process that lives, but stands still for longer, loses its locks, and its writes are refused.
    /// </summary>
    protected static readonly LeaseOptions Leases = new() { DefaultTimeToLive = TimeSpan.FromSeconds(1), Liveness = TimeSpan.FromSeconds(1) };

    public abstract ISharedLedger Ledger { get; }

    public abstract ILockProvider Locks { get; }

    /// <summary>Connects to the server.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="run">The run's name.</param>
    /// <param name="processes">How many processes do the same.</param>
    /// <exception cref="BadInputException">It can't be reached.</exception>
    public static async Task<SharedStore> ConnectAsync(ProviderUrl url, string run, int processes)
    {
        try
        {
            return url.Kind switch
            {
                ServerKind.Redis => await RedisStore.OpenAsync(url, run),
                ServerKind.Postgres => await PostgresStore.OpenAsync(url, run, processes),
                ServerKind.MySql => await MySqlStore.OpenAsync(url, run, processes),
#if NO_MONGODB
                _ => throw new BadInputException($"{url}: the quickstart was built without MongoDB's driver, which the package registry at hand lacks."),
#else
                _ => await MongoStore.OpenAsync(url, run),
#endif
            };
        }
        catch (Exception e) when (Failure(url, e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Returns if the server can be reached.</summary>
    /// <exception cref="BadInputException">It can't.</exception>
    public static async Task TryAsync(ProviderUrl url) => await (await ConnectAsync(url, "quickstart", processes: 1)).DisposeAsync();

    /// <summary>What <paramref name="e"/> means to a user, if it comes from the store or its driver; null if it is a defect of ours.</summary>
    public static BadInputException? Failure(ProviderUrl url, Exception e) => e switch
    {
        BadInputException known => known,
        // A driver's own, the network's, and what a driver says about a word that it does not know in the URL.
#if !NO_MONGODB
        MongoException => new($"{url}: {e.Message}"),
#endif
        LockProviderException or RedisException or DbException or TimeoutException or SocketException or ArgumentException => new($"{url}: {e.Message}"),
        _ => null,
    };

    /// <summary>Makes room for the run; once, before the workers start.</summary>
    public abstract Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>Deletes all that the run has left in the store; once, after the workers have ended.</summary>
    public abstract Task DeleteAsync();

    public abstract ValueTask DisposeAsync();
}
