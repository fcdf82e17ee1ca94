using GoGoScope.Persistence.Redis;
using StackExchange.Redis;

namespace GoGoScope.Hosting.Tests;

/// <summary>Two instances of an application on a Redis.</summary>
[TestFixture]
public sealed class RedisTests
{
    [Test]
    public async Task Instances_exclude_each_other_and_leave_the_connection_of_the_application_open()
    {
        var connection = await TestServer.Redis.ConnectionAsync();
        using var given = await ConnectionMultiplexer.ConnectAsync(connection);
        var prefix = ("GoGoScope:KeyPrefix", $"hosting-{Guid.NewGuid():N}:");
        var one = await TestApplication.StartAsync(services => services.AddGoGoScope().UseRedis(), [prefix, ("GoGoScope:ConnectionString", connection)]);
        var two = await TestApplication.StartAsync(
            services =>
            {
                services.AddGoGoScope().UseRedis(_ => given);
                services.AddHealthChecks().AddLockStore(options: new LockStoreHealthOptions { Timeout = Waiting.HangLimit, SlowAfter = Waiting.HangLimit });
            },
            [prefix]);
        var others = two.Services.GetRequiredService<ILockProvider>();

        _ = await one.Services.GetRequiredService<ApplicationScope>().Scope.AcquireLockAsync("a", TimeSpan.FromMinutes(1)).Soon();
        Assert.That(await others.CanTakeAsync("a"), Is.False);
        await one.EndAsync();
        Assert.That(await others.CanTakeAsync("a"));
        var health = await two.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>().CheckHealthAsync().Soon();
        Assert.That(health.Entries["gogoscope"].Data["store"], Is.EqualTo("redis"));

        await two.StopAsync().Soon();
        await ((LeasedLockProvider)others).DisposeAsync();
        Assert.That(await given.GetDatabase().PingAsync(), Is.GreaterThanOrEqualTo(TimeSpan.Zero));
        await two.EndAsync();
    }
}
