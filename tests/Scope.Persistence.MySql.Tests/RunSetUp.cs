namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>Before the first test and after the last one.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
#if WITHOUT_MYSQLCONNECTOR
    // It sends more than it is told to, gives back connections with what was set on them, and can't give up a statement that waits.
    [OneTimeSetUp]
    public void SkipAll() => Assert.Ignore("MySqlConnector could not be restored, and the driver that stands in for it is good enough to build with, not to be tested.");
#endif

    [OneTimeTearDown]
    public async Task StopAll()
    {
        await WorkerPool.EndAsync();
        await TestServer.MariaDb.StopAsync();
    }
}
