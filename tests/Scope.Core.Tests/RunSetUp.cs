using GoGoScope.Testing;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests;

/// <summary>Before the first test and after the last one.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeSetUp]
    public void Watch() => WholeRun.Watch();

    [OneTimeTearDown]
    public async Task Judge()
    {
        await Task.WhenAll(TestServer.Redis.StopAsync(), TestServer.Postgres.StopAsync(), TestServer.MariaDb.StopAsync(), TestServer.Mongo.StopAsync());
        var findings = WholeRun.Findings();
        if (findings.Count > 0) Assert.Fail(string.Join(Environment.NewLine, findings));
    }
}
