using System.Globalization;
using GoGoScope.Persistence.Redis;
using StackExchange.Redis;

namespace GoGoScope.Quickstart;

/// <summary>Ledger and locks in Redis, under keys that begin with the run's name.</summary>
internal sealed class RedisStore : SharedStore
{
    private readonly ConnectionMultiplexer _connection;
    private readonly RedisLockProvider _locks;
    private readonly RedisLedger _ledger;

    // That no answer has come yet is no reason to give up on a machine that is busy with all these processes.
    private static readonly TimeSpan LongestCommand = TimeSpan.FromSeconds(30);

    private RedisStore(ConnectionMultiplexer connection, StoreUse use)
    {
        // In a cluster the braces keep all keys of a run on one node, where one script can reach them.
        var prefix = $"{{{use.Run}}}:";
        _connection = connection;
        _locks = new RedisLockProvider(connection, new RedisStoreOptions { KeyPrefix = prefix + "locks:" }, use.Leases);
        _ledger = new RedisLedger(connection.GetDatabase(), prefix);
    }

    public override ISharedLedger Ledger => _ledger;

    public override ILockProvider Locks => _locks;

    public static async Task<SharedStore> OpenAsync(StoreAddress url, StoreUse use)
    {
        var options = url.User is null ? new ConfigurationOptions() : ConfigurationOptions.Parse($"user={url.User}");
        options.EndPoints.Add(url.Host, url.Port);
        options.Password = url.Password;
        options.Ssl = url.Address.Scheme == "rediss";
        options.DefaultDatabase = url.Database is null ? null : int.Parse(url.Database, CultureInfo.InvariantCulture);
        (options.ConnectTimeout, options.ConnectRetry) = ((int)use.LongestConnect.TotalMilliseconds, 1);
        options.AsyncTimeout = (int)LongestCommand.TotalMilliseconds;
        try
        {
            return new RedisStore(await ConnectionMultiplexer.ConnectAsync(options), use);
        }
        catch (RedisConnectionException e)
        {
            // Its message is for programmers.
            throw new BadInputException($"{url}: can't be reached ({e.FailureType}).");
        }
    }

    /// <summary>Redis makes keys when they are written.</summary>
    public override Task CreateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The locks' own keys end with their leases.
    public override Task DeleteAsync() => _ledger.DeleteAsync();

    public override async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        await _connection.CloseAsync();
        _connection.Dispose();
    }
}
