using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Conventions;

/// <summary>
/// The patches of tests/mutants are kept up with the sources. That the tests kill them takes minutes and is shown by
/// tests/mutants/run.sh.
/// </summary>
[TestFixture]
public sealed class MutantTests
{
    [TestCaseSource(nameof(Patches))]
    public void A_mutant_says_what_it_breaks_and_still_applies(string patch)
    {
        var lines = Repository.Read(patch).Split('\n');
        Assert.That(lines[0], Does.Match("^# Breaks: .+"));
        Assert.That(lines[1], Does.Match("^# Killed by: .+"));

        var hunks = Hunks(lines).ToList();
        Assert.That(hunks, Is.Not.Empty);
        foreach (var (file, text) in hunks)
        {
            Assert.That(file, Does.StartWith("src/"));
            var places = $"\n{Repository.Read(file)}".Split($"\n{text}\n").Length - 1;
            Assert.That(places, Is.EqualTo(1), $"{file} has changed there, or has two such places: make the patch anew.");
        }
    }

    private static IEnumerable<string> Patches() => Repository.Files("*.patch", "tests/mutants").Select(Repository.Relative);

    /// <summary>For each hunk the file, and the text that it expects there.</summary>
    private static IEnumerable<(string File, string Text)> Hunks(string[] lines)
    {
        var file = "";
        for (var i = 2; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("+++ b/", StringComparison.Ordinal)) file = lines[i]["+++ b/".Length..];
            if (!lines[i].StartsWith("@@", StringComparison.Ordinal)) continue;
            var hunk = lines[(i + 1)..].TakeWhile(line => line.Length > 0 && line[0] is ' ' or '-' or '+' && !line.StartsWith("--- a/", StringComparison.Ordinal));
            yield return (file, string.Join('\n', hunk.Where(line => line[0] != '+').Select(line => line[1..])));
        }
    }
}
