using GoGoScope.Soak;

namespace GoGoScope.Testing.Tests;

/// <summary>Short runs of the soak; docs/reliability.md has the long ones.</summary>
[TestFixture]
[Platform("Linux")]
public sealed class SoakTests
{
    private readonly List<string> _told = [];

    [Test]
    public async Task Processes_that_are_killed_and_stopped_violate_nothing() =>
        Assert.That(await RunAsync(seconds: 4, withoutLocks: false), Is.Zero, () => string.Join('\n', _told));

    [Test]
    public async Task Without_locks_between_them_it_would_be_noticed()
    {
        Assert.That(await RunAsync(seconds: 1, withoutLocks: true), Is.EqualTo(1));
        Assert.That(_told, Has.Some.StartsWith("Two at the same time"));
        Assert.That(_told, Has.Some.StartsWith("More than there are").Or.Some.StartsWith("Tokens don't rise"));
    }

    private Task<int> RunAsync(int seconds, bool withoutLocks) => new SoakRun(new SoakOptions
    {
        Store = "file",
        Duration = TimeSpan.FromSeconds(seconds),
        Processes = 3,
        Seed = 2,
        WithoutLocks = withoutLocks,
    }).RunAsync(_told.Add);
}
