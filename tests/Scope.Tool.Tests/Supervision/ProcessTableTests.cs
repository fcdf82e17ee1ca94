namespace GoGoScope.Tool.Tests;

[TestFixture]
[Platform("Linux")]
public sealed class ProcessTableTests
{
    [Test]
    public void A_process_that_may_not_be_looked_at_is_passed_over()
    {
        var proc = Directory.CreateTempSubdirectory("gogoscope-");
        foreach (var (id, parent) in new[] { (10, 1), (11, 10), (12, 11), (13, 1) }) Add(proc, id, parent);
        // The system denies reading a directory as a file even to root.
        proc.CreateSubdirectory("14/stat");

        Assert.That(ProcessTable.DescendantsOf(10, proc.FullName), Is.EqualTo([11, 12]));
        proc.Delete(recursive: true);
    }

    [Test]
    public void Who_has_ended_is_none_unless_only_its_first_thread_has()
    {
        var proc = Directory.CreateTempSubdirectory("gogoscope-");
        Add(proc, 11, parent: 10, state: 'Z');
        Add(proc, 12, parent: 10, state: 'Z', threads: 2);

        Assert.That(ProcessTable.DescendantsOf(10, proc.FullName), Is.EqualTo([12]));
        proc.Delete(recursive: true);
    }

    private static void Add(DirectoryInfo proc, int id, int parent, char state = 'S', int threads = 1) =>
        File.WriteAllText(Path.Combine(proc.CreateSubdirectory($"{id}").FullName, "stat"), $"{id} (a (b) c) {state} {parent} 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 {threads} 0 9 0 0");
}
