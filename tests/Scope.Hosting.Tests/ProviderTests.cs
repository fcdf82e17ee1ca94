using GoGoScope.Persistence.MySql;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
#if !NO_MONGODB
using GoGoScope.Persistence.Mongo;
#endif

namespace GoGoScope.Hosting.Tests;

/// <summary>Which provider an application gets, and who disposes it.</summary>
[TestFixture]
public sealed class ProviderTests
{
    [Test]
    public async Task Without_a_choice_locks_are_those_of_the_process()
    {
        var host = TestApplication.Build(services => services.AddGoGoScope());
        Assert.That(host.Services.GetRequiredService<ILockProvider>(), Is.SameAs(InMemoryLockProvider.Shared));
        await host.EndAsync();
    }

    [Test]
    public async Task A_provider_that_the_application_has_added_before_stays()
    {
        var (one, stock) = (new InMemoryLockProvider(), new InMemoryLockProvider());
        var host = await TestApplication.StartAsync(services =>
        {
            services.AddSingleton<ILockProvider>(one);
            services.AddKeyedSingleton<ILockProvider>("stock", stock);
            services.AddGoGoScope();
            services.AddGoGoScope("stock");
        });
        Assert.That(host.Services.GetServices<ILockProvider>(), Is.EqualTo([one]));
        Assert.That(host.Services.GetRequiredKeyedService<ILockProvider>("stock"), Is.SameAs(stock));
        Assert.That(host.Services.GetRequiredService<ApplicationScope>().Scope.LockProvider, Is.SameAs(one));
        await host.EndAsync();
    }

    [Test]
    public async Task A_second_store_is_a_keyed_provider_with_keys_of_its_own()
    {
        var host = TestApplication.Build(services =>
        {
            services.AddGoGoScope();
            services.AddGoGoScope("stock");
        });
        var stock = host.Services.GetRequiredKeyedService<ILockProvider>("stock");
        var scope = host.Services.GetRequiredService<ApplicationScope>().Scope;
        await using var guard = await scope.AcquireLockAsync("hosting:second-store");
        Assert.That(await stock.CanTakeAsync("hosting:second-store"));
        Assert.That(await InMemoryLockProvider.Shared.CanTakeAsync("hosting:second-store"), Is.False);
        await host.EndAsync();
    }

    [Test]
    public async Task The_last_choice_counts_wherever_it_is_made()
    {
        var one = new LeasedLockProvider(new InMemoryLockStore(TimeProvider.System));
        var host = TestApplication.Build(services =>
        {
            services.AddGoGoScope().UseProvider(_ => throw new InvalidOperationException("not this one"));
            services.AddGoGoScope().UseProvider(one);
        });
        Assert.That(host.Services.GetServices<ILockProvider>(), Is.EqualTo([one]));
        await host.EndAsync();
        await one.DisposeAsync();
    }

    [Test]
    public async Task What_the_host_has_made_it_disposes_and_what_it_was_given_it_does_not()
    {
        var store = new InMemoryLockStore(TimeProvider.System);
        var given = new LeasedLockProvider(store);
        var host = await TestApplication.StartAsync(services =>
        {
            services.AddGoGoScope().UseProvider(_ => new LeasedLockProvider(store));
            services.AddGoGoScope("given").UseProvider(given);
        });
        var made = host.Services.GetRequiredService<ILockProvider>();
        await host.EndAsync();

        Assert.That(await given.CanTakeAsync("a"));
        await Assert.ThatAsync(() => made.CanTakeAsync("a"), Throws.TypeOf<ObjectDisposedException>());
        await given.DisposeAsync();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_application_whose_event_sources_are_off_is_told_that_it_sees_no_failures(bool isSupported)
    {
        const string Switch = "System.Diagnostics.Tracing.EventSource.IsSupported";
        var log = new LogEntries();
        AppContext.SetSwitch(Switch, isSupported);
        try
        {
            var host = await TestApplication.StartAsync(services => services.AddGoGoScope(), log: log);
            Assert.That(log.Has(102, "EventSourceSupport"), Is.Not.EqualTo(isSupported));
            await host.EndAsync();
        }
        finally
        {
            AppContext.SetSwitch(Switch, true);
        }
    }

    [Test]
    public async Task Each_scope_of_services_has_a_scope_that_ends_with_it()
    {
        var host = await TestApplication.StartAsync(services => services.AddGoGoScope(options => options.Scope = new ScopeOptions { Name = "request" }));
        Scope scope;
        await using (var request = host.Services.CreateAsyncScope())
        {
            scope = request.ServiceProvider.GetRequiredService<Scope>();
            Assert.That(scope.Name, Is.EqualTo("request"));
            Assert.That(scope.LockProvider, Is.SameAs(host.Services.GetRequiredService<ILockProvider>()));
            _ = await scope.AcquireLockAsync("hosting:request");
        }
        Assert.That(scope.Reason, Is.Not.Null);
        Assert.That(await InMemoryLockProvider.Shared.CanTakeAsync("hosting:request"));
        await host.EndAsync();
    }

    [Test]
    public async Task Every_adapter_can_be_chosen_by_settings_alone()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"hosting-{Guid.NewGuid():N}");
        (string, string)[] settings =
        [
            ("GoGoScope:ConnectionString", "127.0.0.1:1,abortConnect=false,connectTimeout=50"), ("GoGoScope:KeyPrefix", "shop:"),
            ("GoGoScope:Stores:pg:ConnectionString", "Host=127.0.0.1;Port=1"), ("GoGoScope:Stores:pg:Schema", "shop"), ("GoGoScope:Stores:pg:Table", "locks"),
            ("GoGoScope:Stores:my:ConnectionString", "Server=127.0.0.1;Port=1;Database=shop"), ("GoGoScope:Stores:my:Table", "locks"),
            ("GoGoScope:Stores:files:ConnectionString", directory),
#if !NO_MONGODB
            ("GoGoScope:Stores:mongo:ConnectionString", "mongodb://127.0.0.1:1/shop"), ("GoGoScope:Stores:mongo:Table", "locks"),
#endif
        ];
        var host = await TestApplication.StartAsync(
            services =>
            {
                services.AddGoGoScope().UseRedis();
                services.AddGoGoScope("pg").UsePostgres();
                services.AddGoGoScope("my").UseMySql();
                services.AddGoGoScope("files").UseFiles();
#if !NO_MONGODB
                services.AddGoGoScope("mongo").UseMongo();
#endif
            },
            settings);
        Assert.Multiple(() =>
        {
            Assert.That(host.Services.GetRequiredService<ILockProvider>(), Is.TypeOf<RedisLockProvider>());
            Assert.That(host.Services.GetRequiredKeyedService<ILockProvider>("pg"), Is.TypeOf<PostgresLockProvider>());
            Assert.That(host.Services.GetRequiredKeyedService<ILockProvider>("my"), Is.TypeOf<MySqlLockProvider>());
            Assert.That(host.Services.GetRequiredKeyedService<ILockProvider>("files"), Is.TypeOf<FileLockProvider>());
#if !NO_MONGODB
            Assert.That(host.Services.GetRequiredKeyedService<ILockProvider>("mongo"), Is.TypeOf<MongoLockProvider>());
#endif
        });
        await host.EndAsync();
        Directory.Delete(directory, recursive: true);
    }
}
