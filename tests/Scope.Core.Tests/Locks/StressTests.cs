using GoGoScope.Stress;

namespace GoGoScope.Tests.Locks;

/// <summary>A short run of the stress program; the long one is <c>dotnet run -c Release --project tests/Scope.Stress</c>.</summary>
public sealed class StressTests
{
    [Test]
    public async Task A_random_mixture_of_everything_violates_nothing()
    {
        var run = new StressRun(new StressOptions { Acquisitions = 200_000, Seed = Random.Shared.Next(1, int.MaxValue) });
        await run.RunAsync(TestContext.Out.WriteLine);
        Assert.That(run.Violations.First, Is.Empty);
        // About three in four; how many exactly is up to the machine.
        Assert.That(run.Waited, Is.GreaterThan(run.Options.Acquisitions / 3), "contended acquisitions");
    }

    [Test]
    public async Task A_random_mixture_of_permits_and_pooled_things_violates_nothing()
    {
        var run = new PermitRun(new StressOptions { Acquisitions = 100_000, Seed = Random.Shared.Next(1, int.MaxValue) });
        await run.RunAsync(TestContext.Out.WriteLine);
        Assert.That(run.Violations.First, Is.Empty);
        Assert.That(run.Granted, Is.GreaterThan(run.Options.Acquisitions / 2), "requests that were granted");
    }
}
