namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public Task StopServer() => TestServer.Redis.StopAsync();
}
