namespace GoGoScope.Quickstart.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public async Task StopServers()
    {
        await TestServer.Redis.StopAsync();
        await TestServer.Postgres.StopAsync();
        await TestServer.MariaDb.StopAsync();
    }
}
