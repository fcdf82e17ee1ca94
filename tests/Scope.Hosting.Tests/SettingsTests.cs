using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
using Microsoft.Extensions.Options;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif

namespace GoGoScope.Hosting.Tests;

/// <summary>What the configuration says, and what it can't say.</summary>
[TestFixture]
public sealed class SettingsTests
{
    [Test]
    public void All_that_is_set_is_read_and_code_counts_more()
    {
        using var host = TestApplication.Build(
            services => services.AddGoGoScope(options => options.Table = "from code").UsePostgres(),
            [
                ("GoGoScope:ConnectionString", "Host=localhost"), ("GoGoScope:Table", "from settings"), ("GoGoScope:EnsureSchema", "true"),
                ("GoGoScope:ShutdownTimeout", "00:00:07"), ("gogoscope:leases:defaulttimetolive", "1.00:00:12"), ("GoGoScope:Leases:MaxWaiters", "7"),
                ("GoGoScope:Leases:ClockDrift", "0.01"), ("GoGoScope:Scope:MaxConcurrency", "3"), ("GoGoScope:Scope:FailurePolicy", "supervise"),
            ]);
        var options = host.Services.GetRequiredService<IOptions<GoGoScopeOptions>>().Value;
        Assert.Multiple(() =>
        {
            Assert.That((options.ConnectionString, options.Table, options.EnsureSchema), Is.EqualTo(("Host=localhost", "from code", true)));
            Assert.That(options.ShutdownTimeout, Is.EqualTo(TimeSpan.FromSeconds(7)));
            Assert.That((options.Leases.DefaultTimeToLive, options.Leases.MaxWaiters, options.Leases.ClockDrift), Is.EqualTo((new TimeSpan(1, 0, 0, 12), 7, 0.01)));
            Assert.That((options.Scope.MaxConcurrency, options.Scope.FailurePolicy), Is.EqualTo(((int?)3, FailurePolicy.Supervise)));
        });
    }

    [TestCase("GoGoScope:Leases:DefaultTimeToLive", "-00:00:05", "GoGoScope:Leases:DefaultTimeToLive is \"-00:00:05\". Must be more than zero.")]
    [TestCase("GoGoScope:Leases:DefaultTimeToLive", "30", "GoGoScope:Leases:DefaultTimeToLive is \"30\". A time is written as hours:minutes:seconds, such as 00:00:30")]
    [TestCase("GoGoScope:Leases:DefaultTimeToLive", "24:00:00", "GoGoScope:Leases:DefaultTimeToLive is \"24:00:00\". A time is written as hours:minutes:seconds, such as 00:00:30 or 00:00:00.250, and a day as 1.00:00:00.")]
    [TestCase("GoGoScope:Leases:RenewalsPerLease", "1", "GoGoScope:Leases:RenewalsPerLease is \"1\". Must be from 2 to 20.")]
    [TestCase("GoGoScope:Leases:MaxWaiters", "many", "GoGoScope:Leases:MaxWaiters is \"many\". It must be a whole number")]
    [TestCase("GoGoScope:Leases:LongestPoll", "00:00:00.001", "GoGoScope:Leases:LongestPoll is 00:00:00.0010000. It must be at least Leases:ShortestPoll")]
    [TestCase("GoGoScope:Leases:DefaultTtl", "00:00:30", "GoGoScope:Leases:DefaultTtl is not a setting of GoGoScope: there are ConnectionString, KeyPrefix")]
    [TestCase("GoGoScope:EnsureSchema", "yes", "GoGoScope:EnsureSchema is \"yes\". It must be true or false.")]
    [TestCase("GoGoScope:Scope:FailurePolicy", "Ignore", "GoGoScope:Scope:FailurePolicy is \"Ignore\". It must be one of FailFast, Supervise.")]
    [TestCase("GoGoScope:ShutdownTimeout", "-00:00:01", "GoGoScope:ShutdownTimeout is -00:00:01. It must be zero or more.")]
    [TestCase("GoGoScope:Table", "locks", "GoGoScope:Table is \"locks\", but the provider \"redis\" has no use for it; it has ConnectionString, KeyPrefix.")]
    [TestCase("GoGoScope:ConnectionString", " ", "GoGoScope:ConnectionString is \" \", and the provider \"redis\" needs one, such as \"localhost:6379\".")]
    [TestCase("GoGoScope:ConnectionString", "a:1,channelPrefix=shop:", "GoGoScope:ConnectionString won't do for the provider \"redis\".")]
    [TestCase("GoGoScope:Stores:stock:Table", "locks", "GoGoScope:Stores:stock is for a store that the application doesn't have: AddGoGoScope(\"stock\") adds it.")]
    [TestCase("GoGoScope:EnsureSchema", "true", "GoGoScope:EnsureSchema is true, but the provider \"redis\" has no schema to make.")]
    public async Task What_is_wrong_ends_the_start_and_is_called_by_its_name(string key, string value, string message)
    {
        using var host = TestApplication.Build(
            services => services.AddGoGoScope(options => options.ConnectionString ??= "127.0.0.1:1,abortConnect=false,connectTimeout=50").UseRedis(), [(key, value)]);
        await Assert.ThatAsync(() => host.StartAsync(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains(message));
    }

    [TestCase("file", " ", "It is blank. For files it is a directory")]
    [TestCase("redis", "localhost:6379,password=my,secret=1", "StackExchange.Redis can't read it")]
    [TestCase("postgres", "Host=localhost;Password=my;secret=1", "Npgsql can't read it")]
    [TestCase("postgres", "Database=shop;Password=secret", "It names no host.")]
    [TestCase("mysql", "Server=localhost;Password=my;secret=1", "MySqlConnector can't read it")]
    [TestCase("mysql", "Server=localhost;Port=secret", "MySqlConnector can't read it")]
#if !NO_MONGODB
    [TestCase("mongodb", "mongodb://shop:secret@localhost:port/shop", "MongoDB's driver can't read it")]
    [TestCase("mongodb", "mongodb://shop:my@localhost/shop?retryWrites=secret", "MongoDB's driver can't read it")]
    [TestCase("mongodb", "mongodb://shop:secret@localhost:27017", "The connection string names no database")]
#endif
    public async Task A_connection_string_that_will_not_do_ends_the_start_and_is_not_shown(string provider, string connectionString, string message)
    {
        using var host = TestApplication.Build(services => Use(services.AddGoGoScope(), provider), [("GoGoScope:ConnectionString", connectionString)]);
        await Assert.ThatAsync(
            () => host.StartAsync(),
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains($"GoGoScope:ConnectionString won't do for the provider \"{provider}\". {message}")
                .And.Message.Not.Contains("secret"));
    }

    [TestCase("redis", "localhost:6379,password=my,secret=1")]
    [TestCase("postgres", "Host=localhost;Password=my;secret=1")]
    [TestCase("mysql", "Server=localhost;Password=my;secret=1")]
#if !NO_MONGODB
    [TestCase("mongodb", "mongodb://shop:secret@localhost:port/shop")]
#endif
    public void One_that_stands_in_code_is_refused_there(string provider, string connectionString)
    {
        var builder = new ServiceCollection().AddGoGoScope();
        Assert.That(() => Use(builder, provider, connectionString), Throws.ArgumentException.With.Message.Contains("can't read it").And.Message.Not.Contains("secret"));
    }

    [Test]
    public async Task Of_several_stores_each_is_checked_by_itself_and_all_that_is_wrong_is_said_at_once()
    {
        using var host = TestApplication.Build(
            services =>
            {
                services.AddGoGoScope();
                services.AddGoGoScope("stock").UsePostgres();
            },
            [("GoGoScope:Stores:stock:Table", new string('x', 64)), ("GoGoScope:Stores:stock:Leases:Linger", "1")]);
        await Assert.ThatAsync(
            () => host.StartAsync(),
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains("GoGoScope:Stores:stock:ConnectionString is not set")
                .And.Message.Contains("GoGoScope:Stores:stock:Leases:Linger is \"1\""));
    }

    [Test]
    public async Task What_would_have_no_effect_is_refused()
    {
        using var host = TestApplication.Build(
            services =>
            {
                services.AddGoGoScope("memory");
                services.AddGoGoScope("stock").UseFiles();
            },
            [("GoGoScope:Stores:memory:Leases:DefaultTimeToLive", "00:00:10"), ("GoGoScope:Stores:stock:ShutdownTimeout", "00:00:05"), ("GoGoScope:Stores:stock:Scope:Name", "stock")]);
        await Assert.ThatAsync(
            () => host.StartAsync(),
            Throws.Exception.With.Message.Contains("GoGoScope:Stores:memory:Leases is set, but nothing was chosen, by UseRedis(), say, and locks in memory have no use for it.")
                .And.Message.Contains("GoGoScope:Stores:stock:ShutdownTimeout is 00:00:05, but the application has only one: GoGoScope:ShutdownTimeout.")
                .And.Message.Contains("GoGoScope:Stores:stock:Scope is set, but the application has only one: GoGoScope:Scope."));
    }

    [Test]
    public async Task An_instance_that_takes_the_place_of_what_the_settings_are_for_is_not_asked_about_them()
    {
        var host = await TestApplication.StartAsync(
            services => services.AddGoGoScope().UseRedis().UseProvider(new InMemoryLockProvider()),
            [("GoGoScope:ConnectionString", "localhost:6379"), ("GoGoScope:KeyPrefix", "shop:"), ("GoGoScope:Leases:DefaultTimeToLive", "00:00:10")]);
        await host.EndAsync();
    }

    [Test]
    public async Task What_an_adapter_refuses_is_refused_at_the_start()
    {
        using var host = TestApplication.Build(
            services => services.AddGoGoScope().UsePostgres("Host=127.0.0.1;Port=1"), [("GoGoScope:Table", new string('x', 64))]);
        await Assert.ThatAsync(
            () => host.StartAsync(),
            Throws.TypeOf<OptionsValidationException>().With.Message.Contains("GoGoScope:Table won't do for the provider \"postgres\". A name in PostgreSQL has at most 63 bytes"));
    }

    private static GoGoScopeBuilder Use(GoGoScopeBuilder builder, string provider, string? connectionString = null) => provider switch
    {
        "file" => builder.UseFiles(connectionString),
        "redis" => builder.UseRedis(connectionString),
        "postgres" => builder.UsePostgres(connectionString),
        "mysql" => builder.UseMySql(connectionString),
#if !NO_MONGODB
        "mongodb" => builder.UseMongo(connectionString),
#endif
        _ => throw new ArgumentOutOfRangeException(nameof(provider)),
    };
}
