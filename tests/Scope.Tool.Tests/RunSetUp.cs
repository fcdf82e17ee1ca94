namespace GoGoScope.Tool.Tests;

/// <summary>Before the first test and after the last.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    private static readonly DirectoryInfo Shared = Directory.CreateTempSubdirectory("gogoscope-");
    private static int _lastKey;

    /// <summary>The store of all tests that don't say otherwise.</summary>
    internal static string Store => $"file://{Shared.FullName}";

    /// <summary>A key that no other test has.</summary>
    internal static string NewKey() => $"key-{Interlocked.Increment(ref _lastKey)}";

    [OneTimeTearDown]
    public async Task EndAll()
    {
        foreach (var server in new[] { TestServer.Redis, TestServer.Postgres, TestServer.MariaDb, TestServer.Mongo }) await server.StopAsync();
        Shared.Delete(recursive: true);
    }
}
