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
    internal static DbDataSource OpenOwn(string connectionString) => OpenOwn(connectionString, out _);

    /// <param name="connectionString">As the driver reads it.</param>
    /// <param name="prepares">Whether the driver prepares statements at the server, and finds them there again.</param>
    internal static DbDataSource OpenOwn(string connectionString, out bool prepares)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var settings = new MySqlConnectionStringBuilder(connectionString) { AutoEnlist = false, ConnectionReset = false };
#if WITHOUT_MYSQLCONNECTOR
        prepares = false;
#else
        prepares = settings is { IgnorePrepare: false, Pooling: true };
#endif
        return Open(settings);
    }

    /// <summary>What is wrong with it is not told: what the driver says has pieces of it, of a password with a semicolon, say.</summary>
    internal static bool CanRead(string connectionString)
    {
        try
        {
            _ = new MySqlConnectionStringBuilder(connectionString);
            return true;
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            return false;
        }
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
