namespace GoGoScope.Tests.Leases.Record;

/// <summary>A step that is taken only if somebody else holds the key by then.</summary>
public sealed class FollowingTests : RecordTestBase
{
    [Test]
    public void Who_follows_is_granted_only_behind_whoever_ranks_first([Values] bool holds)
    {
        EnterAll(Permits("other"));
        if (holds) EnterAll(Permits("first"));
        var plan = new SwapPlan();
        plan.Make(Cell.Stored, Cell.Record, [new FollowStep(Permits("second"), Id("first")), new FollowStep(Permits("third"), Id("second"))], new Circumstances { Now = Cell.Clock });
        Assert.That(plan.Changes, Is.EqualTo(holds));
        Assert.That(plan.Record.Holders.Length, Is.EqualTo(holds ? 4 : 1));
    }

    private static Contender Permits(string name) => Writer(name) with { Mode = LockMode.Permits, Weight = 1, Permits = 4 };
}
