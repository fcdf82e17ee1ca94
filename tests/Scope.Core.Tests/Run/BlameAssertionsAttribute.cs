using NUnit.Framework.Interfaces;

namespace GoGoScope.Tests.Run;

/// <summary>Fails each test under which an assertion failed, whoever swallowed what came of it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class BlameAssertionsAttribute : Attribute, ITestAction
{
    public ActionTargets Targets => ActionTargets.Test;

    public void BeforeTest(ITest test) { }

    public void AfterTest(ITest test)
    {
        var failures = AssertionListener.Take(test.Id);
        if (failures.Count > 0) Assert.Fail(string.Join(Environment.NewLine, failures));
    }
}
