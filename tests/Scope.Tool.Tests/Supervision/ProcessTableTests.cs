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

        Assert.That(DescendantsIn(proc), Is.EqualTo([11, 12]));
        proc.Delete(recursive: true);
    }

    [Test]
    public void Who_has_ended_is_none_unless_only_its_first_thread_has()
    {
        var proc = Directory.CreateTempSubdirectory("gogoscope-");
        Add(proc, 11, parent: 10, state: 'Z');
        Add(proc, 12, parent: 10, state: 'Z', threads: 2);

        Assert.That(DescendantsIn(proc), Is.EqualTo([12]));
        proc.Delete(recursive: true);
    }

    [Test]
    public void Others_are_left_out_with_their_descendants_but_not_who_has_their_number_later()
    {
        var proc = Directory.CreateTempSubdirectory("gogoscope-");
        foreach (var (id, parent) in new[] { (11, 10), (12, 11), (13, 12), (14, 10) }) Add(proc, id, parent, start: id);

        Assert.That(DescendantsIn(proc, new ProcessIdentity(11, 11)), Is.EqualTo([14]));
        Assert.That(DescendantsIn(proc, new ProcessIdentity(14, 14), new ProcessIdentity(13, 13)), Is.EqualTo([11, 12]));
        Assert.That(DescendantsIn(proc, new ProcessIdentity(11, 10)), Is.EquivalentTo([11, 12, 13, 14]));
        proc.Delete(recursive: true);
    }

    private static IEnumerable<int> DescendantsIn(DirectoryInfo proc, params IEnumerable<ProcessIdentity> others) =>
        ProcessTable.DescendantsOf(10, others.ToHashSet(), proc.FullName).Select(process => process.Id);

    private static void Add(DirectoryInfo proc, int id, int parent, char state = 'S', int threads = 1, int start = 9) =>
        File.WriteAllText(Path.Combine(proc.CreateSubdirectory($"{id}").FullName, "stat"), $"{id} (a (b) c) {state} {parent} 1 1 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 {threads} 0 {start} 0 0");
}
