namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>After the last test.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeTearDown]
    public async Task StopAll()
    {
        await WorkerPool.EndAsync();
        await TestServer.Mongo.StopAsync();
    }
}
