using GoGoScope;
using GoGoScope.Hosting;
#if REDIS
using GoGoScope.Persistence.Redis;
#endif
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
var locks = builder.Services.AddGoGoScope();
#if REDIS
if (args is [var connection, var prefix]) locks.UseRedis(connection, new RedisStoreOptions { KeyPrefix = prefix });
#endif
using var host = builder.Build();
await host.StartAsync();

await using (var request = host.Services.CreateAsyncScope())
{
    var scope = request.ServiceProvider.GetRequiredService<Scope>();
    Lock stock = scope.CreateLock("stock:7");
    await using var guard = await stock.AcquireAsync(TimeSpan.FromSeconds(30));
    Console.WriteLine($"host: {guard.Key}, {scope.LockProvider.Name}");
}
await host.StopAsync();

// The adapters load, and so do the drivers that they need.
#if MONGO
Console.WriteLine(typeof(GoGoScope.Persistence.Mongo.MongoLockProvider).GetConstructors().Length > 0);
#endif
#if MYSQL
Console.WriteLine(typeof(GoGoScope.Persistence.MySql.MySqlLockProvider).GetConstructors().Length > 0);
#endif
#if POSTGRES
Console.WriteLine(typeof(GoGoScope.Persistence.Postgres.PostgresLockProvider).GetConstructors().Length > 0);
#endif
#if REDIS
Console.WriteLine(typeof(GoGoScope.Persistence.Redis.RedisLockProvider).GetConstructors().Length > 0);
#endif
