namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public Task StopServer() => TestServer.Postgres.StopAsync();
}
