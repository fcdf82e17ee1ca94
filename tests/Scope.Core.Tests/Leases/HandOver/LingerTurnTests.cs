namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>How often the store is asked about a key that lingers and is used over and over.</summary>
public sealed class LingerTurnTests : HandOverFixture
{
    protected override LeaseOptions Options => base.Options with { Linger = TimeSpan.FromSeconds(2) };

    [Test]
    public async Task Once_in_each_turn_and_no_more()
    {
        await ReleaseAsync(await Take(Here));
        var before = Store.Calls;
        const int Turns = 20;
        for (var passed = TimeSpan.Zero; passed < Options.LocalTurn * Turns; passed += Options.LocalTurn / 10)
        {
            await PassAsync(Options.LocalTurn / 10);
            await ReleaseAsync(await Take(Here));
        }
        Assert.That(Store.Calls - before, Is.InRange(1, Turns));
    }
}
