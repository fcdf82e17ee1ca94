namespace GoGoScope.Hosting.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public Task StopServers() => Task.WhenAll(TestServer.Redis.StopAsync(), TestServer.Postgres.StopAsync(), TestServer.MariaDb.StopAsync());
}
