using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Testcontainers.MariaDb;
using Testcontainers.MongoDb;
using Testcontainers.PostgreSql;
using Testcontainers.Redis;

namespace GoGoScope.Testing;

internal static partial class ServerContainer
{
    /// <summary>Its image may have to be loaded first.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(3);

    // The versions that the tests are written with.
    static partial void Start(ServerProgram program, ref Task<SharedServer>? starting) => starting = program switch
    {
        RedisProgram => StartAsync(static () => new RedisBuilder("redis:7.0").Build(), static redis => redis.GetConnectionString()),
        MongoProgram => StartAsync(static () => new MongoDbBuilder("mongo:8.0").Build(), static mongo => InDatabase(mongo.GetConnectionString())),
        PostgresProgram => StartAsync(static () => new PostgreSqlBuilder("postgres:15").Build(), static postgres => postgres.GetConnectionString()),
        MariaDbProgram => StartAsync(static () => new MariaDbBuilder("mariadb:10.11").Build(), static mariaDb => mariaDb.GetConnectionString()),
        _ => throw new NotSupportedException($"The tests know no image of {program.Name}."),
    };

    /// <summary>The users of the image are those of "admin", and the locks are not kept there.</summary>
    private static string InDatabase(string connection) => $"{connection.TrimEnd('/')}/gogoscope?authSource=admin";

    private static async Task<SharedServer> StartAsync<TContainer>(Func<TContainer> build, Func<TContainer, string> connection) where TContainer : IContainer
    {
        TContainer container;
        try
        {
            container = build();
        }
        catch (DockerUnavailableException e)
        {
            throw new InvalidOperationException($"Docker does not answer ({FirstLine(e)})", e);
        }
        try
        {
            using var end = new CancellationTokenSource(LongestStart);
            await container.StartAsync(end.Token);
            return new SharedServer(connection(container), container);
        }
        catch (Exception e)
        {
            await container.DisposeAsync();
            throw new InvalidOperationException($"its container {container.Image.FullName} does not start ({FirstLine(e)})", e);
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
