using System.Diagnostics;
using System.Runtime.Versioning;

namespace GoGoScope.Testing.Tests.Scripts;

/// <summary>eng/failed-tests.awk, by which ./test.sh names at its end what failed.</summary>
[Platform("Unix"), UnsupportedOSPlatform("windows")]
public sealed class FailedTestsTests
{
    private const string Results = """
        <TestRun>
          <Results>
            <UnitTestResult testId="1" testName="Passes" outcome="Passed" />
            <UnitTestResult testId="2" testName="Fails(&quot;a &lt; b&quot;)" outcome="Failed">
              <Output><ErrorInfo>
                  <Message>  Expected: 1 &amp;&amp; 2
          But was:  3</Message>
              </ErrorInfo></Output>
            </UnitTestResult>
            <UnitTestResult testId="3" testName="Says_much" outcome="Passed">
              <Output><ErrorInfo><Message>no failure</Message></ErrorInfo></Output>
            </UnitTestResult>
          </Results>
          <TestDefinitions>
            <UnitTest name="Passes" id="1"><TestMethod className="Shop.Tests" name="Passes" /></UnitTest>
            <UnitTest name="Fails" id="2">
              <TestMethod className="Shop.Tests" name="Fails" />
            </UnitTest>
          </TestDefinitions>
        </TestRun>
        """;

    [Test]
    public async Task Each_failed_test_is_named_with_its_class_and_its_message_in_one_line()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Results);
            var start = new ProcessStartInfo("awk", ["-f", Path.Combine(ScriptMachine.Repository, "eng/failed-tests.awk"), file]) { RedirectStandardOutput = true };
            using var awk = Process.Start(start)!;
            var said = await awk.StandardOutput.ReadToEndAsync().Soon();
            Assert.That(said, Is.EqualTo("  Shop.Tests.Fails(\"a < b\"): Expected: 1 && 2 But was:  3\n"));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
