namespace GoGoScope.Tool.Tests;

[TestFixture]
[Platform("Linux")]
public sealed class ProcessTableTests
{
    [Test]
    public void A_process_that_may_not_be_looked_at_is_passed_over()
    {
        var proc = Directory.CreateTempSubdirectory("gogoscope-");
        foreach (var (id, parent) in new[] { (10, 1), (11, 10), (12, 11), (13, 1) })
            File.WriteAllText(Path.Combine(proc.CreateSubdirectory($"{id}").FullName, "stat"), $"{id} (a (b) c) S {parent} 0");
        // The system denies reading a directory as a file even to root.
        proc.CreateSubdirectory("14/stat");

        Assert.That(ProcessTable.DescendantsOf(10, proc.FullName), Is.EqualTo([11, 12]));
        proc.Delete(recursive: true);
    }
}
