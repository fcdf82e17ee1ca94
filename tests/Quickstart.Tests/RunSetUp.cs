namespace GoGoScope.Quickstart.Tests;

/// <summary>Before the first test and after the last.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    private static readonly DirectoryInfo Temporary = Directory.CreateTempSubdirectory("gogoscope-");

    /// <summary>Where programs that the tests start put what is temporary.</summary>
    internal static string TemporaryDirectory => Temporary.FullName;

    /// <summary>Where runs share files that are told where.</summary>
    internal static string StoreDirectory { get; } = Temporary.CreateSubdirectory("s").FullName;

    [OneTimeTearDown]
    public async Task EndAll()
    {
        Assert.That(Temporary.EnumerateDirectories("quickstart-*"), Is.Empty, "directories of runs that were not told where");
        Temporary.Delete(recursive: true);
        await TestServer.Redis.StopAsync();
        await TestServer.Postgres.StopAsync();
        await TestServer.MariaDb.StopAsync();
    }
}
