using GoGoScope.Tests.Run;

namespace GoGoScope.Tests;

/// <summary>Before the first test and after the last one.</summary>
[SetUpFixture]
public sealed class RunSetUp
{
    [OneTimeSetUp]
    public void Watch() => WholeRun.Watch();

    [OneTimeTearDown]
    public void Judge()
    {
        var findings = WholeRun.Findings();
        if (findings.Count > 0) Assert.Fail(string.Join(Environment.NewLine, findings));
    }
}
