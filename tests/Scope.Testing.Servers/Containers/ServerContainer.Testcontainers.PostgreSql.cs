using Testcontainers.PostgreSql;

namespace GoGoScope.Testing;

internal static partial class ServerContainer
{
    static partial void StartPostgres(ref Task<SharedServer>? starting) =>
        starting = StartAsync(static () => new PostgreSqlBuilder("postgres:15").Build(), static postgres => postgres.GetConnectionString());
}
