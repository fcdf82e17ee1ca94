using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Lets an application that is put together from services keep its locks in PostgreSQL.</summary>
public static class PostgresProviderExtensions
{
    private const string Example = "Host=localhost;Database=shop;Username=shop";

    /// <summary>Keeps the locks in PostgreSQL, on connections of their own, which are closed with the provider.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="connectionString">As Npgsql reads it, and of several hosts the primary; null takes the setting "ConnectionString".</param>
    /// <param name="store">How locks are kept; null takes the settings "Schema" and "Table".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is empty or white space, or names no host, or Npgsql can't read it.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope(options => options.EnsureSchema = true).UsePostgres("Host=localhost;Database=shop;Username=shop");
    /// </code>
    /// </example>
    public static TBuilder UsePostgres<TBuilder>(this TBuilder builder, string? connectionString = null, PostgresStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        if (connectionString is not null) Check(connectionString);
        builder.UseProvider(Source(store, (_, settings) => new PostgresLockProvider(connectionString ?? settings.ConnectionString!, Options(store, settings), settings.Leases)) with
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

    /// <summary>Keeps the locks in PostgreSQL, in a data source of the application, which they share and do not dispose.</summary>
    /// <param name="builder">What <c>AddGoGoScope</c> of GoGoScope.Hosting gives.</param>
    /// <param name="dataSource">Gives it; as a rule one of the services.</param>
    /// <param name="store">How locks are kept; null takes the settings "Schema" and "Table".</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <example>
    /// <code>
    /// services.AddGoGoScope().UsePostgres(sp => sp.GetRequiredService&lt;NpgsqlDataSource>());
    /// </code>
    /// </example>
    public static TBuilder UsePostgres<TBuilder>(this TBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource, PostgresStoreOptions? store = null)
        where TBuilder : ILockProviderBuilder
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        builder.UseProvider(Source(store, (services, settings) => new PostgresLockProvider(dataSource(services), Options(store, settings), settings.Leases)));
        return builder;
    }

    private static LockProviderSource Source(PostgresStoreOptions? store, Func<IServiceProvider, LockStoreSettings, ILockProvider> create) => new()
    {
        Name = "postgres",
        Create = create,
        Reads = Reads(store),
        Check = settings => Options(store, settings),
        EnsureSchema = static (provider, cancellationToken) => ((PostgresLockProvider)provider).EnsureSchemaAsync(cancellationToken),
    };

    private static IReadOnlyList<string> Reads(PostgresStoreOptions? store) => store is null ? [nameof(LockStoreSettings.Schema), nameof(LockStoreSettings.Table)] : [];

    private static void Check(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        string? host;
        try
        {
            host = new NpgsqlConnectionStringBuilder(connectionString).Host;
        }
        catch (ArgumentException)
        {
            // What the driver says names a piece of it, of a password with a semicolon, say.
            throw new ArgumentException(
                $"Npgsql can't read it, and it is not shown here, for it may have a password. It is written like \"{Example}\"; a value with a semicolon stands in quotes.", nameof(connectionString));
        }
        if (string.IsNullOrWhiteSpace(host)) throw new ArgumentException($"It names no host. It is written like \"{Example}\".", nameof(connectionString));
    }

    private static PostgresStoreOptions Options(PostgresStoreOptions? store, LockStoreSettings settings)
    {
        if (store is not null) return store;
        var options = PostgresStoreOptions.Default;
        if (settings.Schema is { } schema) options = options with { Schema = schema };
        if (settings.Table is { } table) options = options with { Table = table };
        return options;
    }
}
