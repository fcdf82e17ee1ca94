using System.Data.Common;

namespace GoGoScope.Persistence.MySql;

/// <summary>Lets an application that is put together from services keep its locks in MySQL or MariaDB.</summary>
public static class MySqlProviderExtensions
{
    private const string Example = "Server=localhost;Database=shop;User ID=shop";

    /// <summary>Keeps the locks in MySQL or MariaDB, on connections of their own, which are closed with the provider.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="connectionString">As MySqlConnector reads it; null takes the setting "ConnectionString".</param>
    /// <param name="store">How locks are kept; null takes the settings "Schema", which is the database, and "Table".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty or white space, or MySqlConnector can't read it.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope(options => options.EnsureSchema = true).UseMySql("Server=localhost;Database=shop;User ID=shop");
    /// </code>
    /// </example>
    public static TBuilder UseMySql<TBuilder>(this TBuilder builder, string? connectionString = null, MySqlStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        if (connectionString is not null) Check(connectionString);
        builder.UseProvider(Source(store, (_, settings) => new MySqlLockProvider(connectionString ?? settings.ConnectionString!, Options(store, settings), settings.Leases)) with
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

    /// <summary>Keeps the locks in MySQL or MariaDB, in a data source of the application, which they share and do not dispose.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="dataSource">Gives it; as a rule one of the services.</param>
    /// <param name="store">How locks are kept; null takes the settings "Schema", which is the database, and "Table".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UseMySql(sp => sp.GetRequiredService&lt;DbDataSource>());
    /// </code>
    /// </example>
    public static TBuilder UseMySql<TBuilder>(this TBuilder builder, Func<IServiceProvider, DbDataSource> dataSource, MySqlStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        builder.UseProvider(Source(store, (services, settings) => new MySqlLockProvider(dataSource(services), Options(store, settings), settings.Leases)));
        return builder;
    }

    private static LockProviderSource Source(MySqlStoreOptions? store, Func<IServiceProvider, LockStoreSettings, ILockProvider> create) => new()
    {
        Name = "mysql",
        Create = create,
        Reads = Reads(store),
        Check = settings => Options(store, settings),
        EnsureSchema = static (provider, cancellationToken) => ((MySqlLockProvider)provider).EnsureSchemaAsync(cancellationToken),
    };

    private static IReadOnlyList<string> Reads(MySqlStoreOptions? store) => store is null ? [nameof(LockStoreSettings.Schema), nameof(LockStoreSettings.Table)] : [];

    private static void Check(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        if (!Driver.CanRead(connectionString))
            throw new ArgumentException(
                $"MySqlConnector can't read it, and it is not shown here, for it may have a password. It is written like \"{Example}\"; a value with a semicolon stands in quotes.", nameof(connectionString));
    }

    private static MySqlStoreOptions Options(MySqlStoreOptions? store, LockStoreSettings settings)
    {
        if (store is not null) return store;
        var options = MySqlStoreOptions.Default;
        if (settings.Schema is { } database) options = options with { Database = database };
        if (settings.Table is { } table) options = options with { Table = table };
        return options;
    }
}
