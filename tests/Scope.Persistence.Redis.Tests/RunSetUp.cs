namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public async Task StopAll()
    {
        await WorkerPool.EndAsync();
        await TestServer.Redis.StopAsync();
    }
}
