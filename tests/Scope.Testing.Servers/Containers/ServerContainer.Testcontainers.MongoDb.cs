using Testcontainers.MongoDb;

namespace GoGoScope.Testing;

internal static partial class ServerContainer
{
    static partial void StartMongo(ref Task<SharedServer>? starting) =>
        starting = StartAsync(static () => new MongoDbBuilder("mongo:8.0").Build(), static mongo => InDatabase(mongo.GetConnectionString()));

    /// <summary>The users of the image are those of "admin", and the locks are not kept there.</summary>
    private static string InDatabase(string connection) => $"{connection.TrimEnd('/')}/gogoscope?authSource=admin";
}
