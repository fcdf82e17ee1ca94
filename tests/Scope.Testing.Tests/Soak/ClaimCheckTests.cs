using GoGoScope.Soak;

namespace GoGoScope.Testing.Tests;

/// <summary>What the soak takes for a violation.</summary>
[TestFixture]
public sealed class ClaimCheckTests
{
    [Test]
    public void One_after_another_with_rising_tokens_is_as_it_should_be() =>
        Assert.That(Violations("held a exclusive 1 1 10 20", "held a read 1 3 21 30", "held a read 1 2 25 40", "held a exclusive 1 4 41 50"), Is.Empty);

    [TestCase("exclusive", "exclusive")]
    [TestCase("read", "exclusive")]
    [TestCase("exclusive", "read")]
    public void Two_at_the_same_time_are_a_violation_unless_both_read(string one, string other) =>
        Assert.That(Violations($"held a {one} 1 1 10 20", $"held a {other} 1 2 20 30"), Has.Some.StartsWith("Two at the same time"));

    [Test]
    public void Permits_are_shared_up_to_their_number()
    {
        Assert.That(Violations("held a of-3 1 1 10 20", "held a of-3 2 2 15 30"), Is.Empty);
        Assert.That(Violations("held a of-3 2 1 10 20", "held a of-3 2 2 15 30"), Has.Some.StartsWith("More than there are"));
    }

    [TestCase("exclusive", "exclusive")]
    [TestCase("read", "exclusive")]
    [TestCase("exclusive", "of-3")]
    public void Tokens_rise_from_one_to_whoever_could_not_hold_it_beside(string one, string other) =>
        Assert.That(Violations($"held a {one} 1 2 10 20", $"held a {other} 1 2 30 40"), Has.Some.StartsWith("Tokens don't rise"));

    [Test]
    public void Those_who_share_it_may_have_drawn_their_tokens_before() =>
        Assert.That(Violations("held a read 1 9 10 20", "held a read 1 2 30 40"), Is.Empty);

    private static List<string> Violations(params string[] lines) => [.. ClaimCheck.Violations(lines.Select(line => Claim.Parse(line.Split(' '), "process")))];
}
