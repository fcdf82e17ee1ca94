using System.Data.Common;
using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
#if !WITHOUT_MYSQLCONNECTOR
using MySqlConnector;
#endif
using Npgsql;

namespace GoGoScope.Hosting.Tests;

/// <summary>Two instances of an application on a database: one by its settings alone, which makes the table, and one with a data source of the application's.</summary>
[TestFixture]
public sealed class DatabaseTests
{
    private readonly string _name = $"hosting_{Guid.NewGuid():N}";

    [Test]
    public async Task Instances_on_postgres_exclude_each_other()
    {
        var connection = await TestServer.Postgres.ConnectionAsync();
        await using var given = NpgsqlDataSource.Create(connection);
        await ExcludeEachOtherAsync(
            given, connection, [("GoGoScope:Schema", _name), ("GoGoScope:Table", "locks")], $"SELECT count(*) FROM pg_tables WHERE schemaname = '{_name}' AND tablename = 'locks'",
            builder => builder.UsePostgres(), builder => builder.UsePostgres(services => services.GetRequiredService<NpgsqlDataSource>()), services => services.AddSingleton(given));
        await AskAsync(given, $"DROP SCHEMA {_name} CASCADE");
    }

#if !WITHOUT_MYSQLCONNECTOR
    [Test]
    public async Task Instances_on_mariadb_exclude_each_other()
    {
        var connection = await TestServer.MariaDb.ConnectionAsync();
        await using var given = new MySqlDataSource(connection);
        await ExcludeEachOtherAsync(
            given, connection, [("GoGoScope:Table", _name)], $"SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = '{_name}'",
            builder => builder.UseMySql(), builder => builder.UseMySql(services => services.GetRequiredService<DbDataSource>()), services => services.AddSingleton<DbDataSource>(given));
        await AskAsync(given, $"DROP TABLE {_name}");
    }
#endif

    private static async Task ExcludeEachOtherAsync(
        DbDataSource given, string connection, (string, string)[] place, string countTables,
        Action<GoGoScopeBuilder> useSettings, Action<GoGoScopeBuilder> useDataSource, Action<IServiceCollection> addDataSource)
    {
        var two = await TestApplication.StartAsync(
            services =>
            {
                addDataSource(services);
                useDataSource(services.AddGoGoScope());
            },
            place);
        Assert.That(await AskAsync(given, countTables), Is.Zero, "nobody has asked for the table yet");
        var one = await TestApplication.StartAsync(
            services => useSettings(services.AddGoGoScope()), [.. place, ("GoGoScope:ConnectionString", connection), ("GoGoScope:EnsureSchema", "true")]);
        Assert.That(await AskAsync(given, countTables), Is.EqualTo(1), "the start has made it");
        var (first, others) = (one.Services.GetRequiredService<ILockProvider>(), two.Services.GetRequiredService<ILockProvider>());

        _ = await one.Services.GetRequiredService<ApplicationScope>().Scope.AcquireLockAsync("a", TimeSpan.FromMinutes(1)).Soon();
        Assert.That(await others.CanTakeAsync("a"), Is.False);
        await one.EndAsync();
        Assert.That(await others.CanTakeAsync("a"));

        await two.EndAsync();
        await Assert.ThatAsync(() => first.CanTakeAsync("a"), Throws.TypeOf<ObjectDisposedException>());
        await Assert.ThatAsync(() => others.CanTakeAsync("a"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(await AskAsync(given, countTables), Is.EqualTo(1), "the data source is the application's");
    }

    private static async Task<long> AskAsync(DbDataSource database, string statement)
    {
        await using var command = database.CreateCommand(statement);
        return Convert.ToInt64(await command.ExecuteScalarAsync().Soon(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
