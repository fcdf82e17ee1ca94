using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>Lets an application that is put together from services keep its locks in MongoDB.</summary>
public static class MongoProviderExtensions
{
    private const string Example = "mongodb://localhost:27017/shop";

    /// <summary>Keeps the locks in MongoDB, on connections of their own, which are closed with the provider.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="connectionString">As the driver reads it; null takes the setting "ConnectionString".</param>
    /// <param name="store">How locks are kept; null takes the setting "Table", which is the collection.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty or white space, or names no database, or the driver can't read it.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope(options => options.EnsureSchema = true).UseMongo("mongodb://localhost:27017/shop");
    /// </code>
    /// </example>
    public static TBuilder UseMongo<TBuilder>(this TBuilder builder, string? connectionString = null, MongoStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        if (connectionString is not null) Check(connectionString);
        builder.UseProvider(Source(store, (_, settings) => new MongoLockProvider(connectionString ?? settings.ConnectionString!, Options(store, settings), settings.Leases)) with
        {
            Reads = connectionString is null ? [nameof(LockStoreSettings.ConnectionString), .. Reads(store)] : Reads(store),
            ConnectionStringExample = connectionString is null ? Example : null,
            Check = settings =>
            {
                Check(connectionString ?? settings.ConnectionString!);
                Options(store, settings);
            },
        });
        return builder;
    }

    /// <summary>Keeps the locks in MongoDB, in a database of the application, which they share and do not dispose.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="database">Gives it; as a rule one of the services.</param>
    /// <param name="store">How locks are kept; null takes the setting "Table", which is the collection.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="database"/> is null.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseMongo(sp => sp.GetRequiredService&lt;IMongoDatabase>());
    /// </code>
    /// </example>
    public static TBuilder UseMongo<TBuilder>(this TBuilder builder, Func<IServiceProvider, IMongoDatabase> database, MongoStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        ArgumentNullException.ThrowIfNull(database);
        builder.UseProvider(Source(store, (services, settings) => new MongoLockProvider(database(services), Options(store, settings), settings.Leases)));
        return builder;
    }

    private static LockProviderSource Source(MongoStoreOptions? store, Func<IServiceProvider, LockStoreSettings, ILockProvider> create) => new()
    {
        Name = "mongodb",
        Create = create,
        Reads = Reads(store),
        Check = settings => Options(store, settings),
        EnsureSchema = static (provider, cancellationToken) => ((MongoLockProvider)provider).EnsureSchemaAsync(cancellationToken),
    };

    private static IReadOnlyList<string> Reads(MongoStoreOptions? store) => store is null ? [nameof(LockStoreSettings.Table)] : [];

    private static void Check(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        MongoUrl url;
        try
        {
            url = new MongoUrl(connectionString);
        }
        catch (Exception wrong) when (wrong is MongoConfigurationException or ArgumentException)
        {
            // What the driver says has pieces of it.
            throw new ArgumentException(
                $"MongoDB's driver can't read it, and it is not shown here, for it may have a password. It is written like \"{Example}\"; a name and a password are percent-encoded.", nameof(connectionString));
        }
        MongoLockStore.RefuseWithoutDatabase(url, nameof(connectionString));
    }

    private static MongoStoreOptions Options(MongoStoreOptions? store, LockStoreSettings settings)
    {
        if (store is not null) return store;
        var options = MongoStoreOptions.Default;
        if (settings.Table is { } collection) options = options with { Collection = collection };
        return options;
    }
}
