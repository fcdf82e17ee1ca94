using System.Data.Common;
using System.Net.Sockets;
#if !NO_MONGODB
using MongoDB.Driver;
#endif
using Npgsql;
using StackExchange.Redis;

namespace GoGoScope.Quickstart;

/// <summary>A store that all processes use, a server or files: it keeps the ledger of one run, and the locks on it.</summary>
/// <remarks>Everything of a run has the run's name in the store, so that runs do not meet, and can be cleaned up.</remarks>
internal abstract class SharedStore : IAsyncDisposable
{
    // A user who has mistyped an address waits for so long.
    private static readonly TimeSpan LongestTry = TimeSpan.FromSeconds(5);

    public abstract ISharedLedger Ledger { get; }

    public abstract ILockProvider Locks { get; }

    /// <summary>Connects to the store.</summary>
    /// <param name="url">Where it is.</param>
    /// <param name="use">What it is used for.</param>
    /// <exception cref="BadInputException">It can't be reached.</exception>
    public static async Task<SharedStore> ConnectAsync(StoreAddress url, StoreUse use)
    {
        try
        {
            return url.Kind switch
            {
                StoreKind.File => FileStore.Open(url, use),
                StoreKind.Redis => await RedisStore.OpenAsync(url, use),
                StoreKind.Postgres => await PostgresStore.OpenAsync(url, use),
                StoreKind.MySql => await MySqlStore.OpenAsync(url, use),
#if NO_MONGODB
                _ => throw new BadInputException($"{url}: the quickstart was built without MongoDB's driver, which the package source lacked."),
#else
                _ => await MongoStore.OpenAsync(url, use),
#endif
            };
        }
        catch (Exception e) when (Failure(url, e) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>A name that no other run has.</summary>
    public static string NewRun() => $"quickstart_{Guid.NewGuid():N}"[..19];

    /// <summary>Returns if the store can be used; leaves nothing there.</summary>
    /// <exception cref="BadInputException">It can't.</exception>
    public static async Task TryAsync(StoreAddress url)
    {
        await using var store = await ConnectAsync(url, new StoreUse(NewRun(), Processes: 1) { LongestConnect = LongestTry });
        await store.DeleteAsync();
    }

    /// <summary>What <paramref name="e"/> means to a user, if it comes from the store or its driver; null if it is a defect of ours.</summary>
    public static BadInputException? Failure(StoreAddress url, Exception e) => e switch
    {
        BadInputException known => known,
        // A driver's own, the network's, the file system's, and what a driver says about a word that it does not know in the URL.
#if !NO_MONGODB
        MongoException => new($"{url}: {e.Message}"),
#endif
        LockProviderException or RedisException or DbException or TimeoutException or SocketException or ArgumentException or IOException or UnauthorizedAccessException => new($"{url}: {e.Message}"),
        _ => null,
    };

    /// <summary>Makes room for the run; once, before the workers start.</summary>
    public abstract Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>Deletes all that the run has left in the store; once, after the workers have ended.</summary>
    public abstract Task DeleteAsync();

    public abstract ValueTask DisposeAsync();
}
