namespace GoGoScope.Testing;

/// <summary>Servers in containers. What starts one is in Containers/, and compiled only where its package of Testcontainers can be restored.</summary>
internal static partial class ServerContainer
{
    /// <summary>Starts one.</summary>
    /// <exception cref="InvalidOperationException">It can't be had; the message says why.</exception>
    internal static async Task<SharedServer> StartAsync(ServerProgram program)
    {
        Task<SharedServer>? starting = null;
        var package = "Testcontainers.";
        switch (program)
        {
            case RedisProgram:
                package += "Redis";
                StartRedis(ref starting);
                break;
            case PostgresProgram:
                package += "PostgreSql";
                StartPostgres(ref starting);
                break;
            case MariaDbProgram:
                package += "MariaDb";
                StartMariaDb(ref starting);
                break;
            case MongoProgram:
                package += "MongoDb";
                StartMongo(ref starting);
                break;
            default: throw new NotSupportedException($"The tests know no image of {program.Name}.");
        }
        if (starting is null) throw new InvalidOperationException($"the tests were built without {package}");
        return await starting;
    }

    static partial void StartRedis(ref Task<SharedServer>? starting);

    static partial void StartPostgres(ref Task<SharedServer>? starting);

    static partial void StartMariaDb(ref Task<SharedServer>? starting);

    static partial void StartMongo(ref Task<SharedServer>? starting);
}
