using Testcontainers.Redis;

namespace GoGoScope.Testing;

internal static partial class ServerContainer
{
    static partial void StartRedis(ref Task<SharedServer>? starting) =>
        starting = StartAsync(static () => new RedisBuilder("redis:7.0").Build(), static redis => redis.GetConnectionString());
}
