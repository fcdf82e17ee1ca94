using GoGoScope;
using GoGoScope.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder();
builder.Services.AddGoGoScope();
using var host = builder.Build();
await host.StartAsync();

await using (var request = host.Services.CreateAsyncScope())
{
    Lock stock = request.ServiceProvider.GetRequiredService<Scope>().CreateLock("stock:7");
    await using var guard = await stock.AcquireAsync(TimeSpan.FromSeconds(30));
    Console.WriteLine($"host: {guard.Key}");
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
