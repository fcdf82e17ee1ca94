namespace GoGoScope.Hosting.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public Task StopServers() => TestServer.Redis.StopAsync();
}
