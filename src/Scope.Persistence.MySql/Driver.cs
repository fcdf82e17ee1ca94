using System.Data.Common;
#if WITHOUT_MYSQLCONNECTOR
using MySql.Data.MySqlClient;
using MySqlConnectorFactory = MySql.Data.MySqlClient.MySqlClientFactory;
#else
using MySqlConnector;
#endif

namespace GoGoScope.Persistence.MySql;

/// <summary>The driver that makes connections out of a connection string. One that the application brings need not be this one.</summary>
internal static class Driver
{
    /// <summary>Connections that stay out of ambient transactions, and are not reset after each use: nothing is left on them that would have to be.</summary>
    internal static DbDataSource OpenOwn(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return Open(new MySqlConnectionStringBuilder(connectionString) { AutoEnlist = false, ConnectionReset = false });
    }

    /// <summary>As an application does.</summary>
    internal static DbDataSource Open(string connectionString) => Open(new MySqlConnectionStringBuilder(connectionString));

    // MySqlConnector speaks no other character set; Oracle's driver doesn't know what MariaDB calls the one that it would take.
    private static DbDataSource Open(MySqlConnectionStringBuilder settings)
    {
        settings.CharacterSet = "utf8mb4";
        return MySqlConnectorFactory.Instance.CreateDataSource(settings.ConnectionString);
    }
}
