using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>Lets an application that is put together from services keep its locks in Redis.</summary>
public static class RedisProviderExtensions
{
    private const string Example = "localhost:6379";

    /// <summary>Keeps the locks in Redis, on a connection of their own, which is made when the provider is, and closed with it.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="connectionString">As StackExchange.Redis reads it; null takes the setting "ConnectionString".</param>
    /// <param name="store">How locks are kept; null takes the setting "KeyPrefix".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty or white space, or has a <c>channelPrefix</c>, or StackExchange.Redis can't read it.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseRedis("localhost:6379,abortConnect=false");
    /// </code>
    /// </example>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, string? connectionString = null, RedisStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        if (connectionString is not null) Check(connectionString);
        builder.UseProvider(new LockProviderSource
        {
            Name = "redis",
            Reads = Reads(connectionString, store),
            ConnectionStringExample = connectionString is null ? Example : null,
            Check = settings => Check(connectionString ?? settings.ConnectionString!),
            Create = (_, settings) => RedisLockProvider.Connect(connectionString ?? settings.ConnectionString!, store ?? Options(settings), settings.Leases),
        });
        return builder;
    }

    /// <summary>Keeps the locks in Redis, on a connection of the application, which they share and do not close.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="connection">Gives the connection; as a rule one of the services.</param>
    /// <param name="store">How locks are kept; null takes the setting "KeyPrefix".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseRedis(sp => sp.GetRequiredService&lt;IConnectionMultiplexer>());
    /// </code>
    /// </example>
    public static TBuilder UseRedis<TBuilder>(this TBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, RedisStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        ArgumentNullException.ThrowIfNull(connection);
        builder.UseProvider(new LockProviderSource
        {
            Name = "redis",
            Reads = store is null ? [nameof(LockStoreSettings.KeyPrefix)] : [],
            Create = (services, settings) => new RedisLockProvider(connection(services), store ?? Options(settings), settings.Leases),
        });
        return builder;
    }

    private static List<string> Reads(string? connectionString, RedisStoreOptions? store)
    {
        var reads = new List<string>();
        if (connectionString is null) reads.Add(nameof(LockStoreSettings.ConnectionString));
        if (store is null) reads.Add(nameof(LockStoreSettings.KeyPrefix));
        return reads;
    }

    private static void Check(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            // What the driver says names a piece of it, of a password with a comma, say.
            throw new ArgumentException(
                $"StackExchange.Redis can't read it, and it is not shown here, for it may have a password. It is written like \"{Example},abortConnect=false\"; no value can have a comma.", nameof(connectionString));
        }
        ChannelPrefix.Refuse(options, nameof(connectionString));
    }

    private static RedisStoreOptions Options(LockStoreSettings settings) =>
        settings.KeyPrefix is { } prefix ? RedisStoreOptions.Default with { KeyPrefix = prefix } : RedisStoreOptions.Default;
}
