using Testcontainers.MariaDb;

namespace GoGoScope.Testing;

internal static partial class ServerContainer
{
    static partial void StartMariaDb(ref Task<SharedServer>? starting) =>
        starting = StartAsync(static () => new MariaDbBuilder("mariadb:10.11").Build(), static mariaDb => mariaDb.GetConnectionString());
}
