using static GoGoScope.Tests.ShortWay.ShortWayModel.Act;

namespace GoGoScope.Tests.ShortWay;

/// <summary>All orders in which the steps of some threads can come: never two who hold, no token twice, and whoever asks is told the truth.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class ShortWayModelTests
{
    private static readonly ShortWayModel.Act[] Uses = [Acquire, See, Release, Release, See];
    private static readonly ShortWayModel.Act[] UsesTwice = [Acquire, See, Release, Acquire, See, Release];

    [Test]
    public void Two_who_use_it_and_one_who_looks() => Explore(UsesTwice, UsesTwice, [Look, Look]);

    [Test]
    public void Three_who_use_it() => Explore(Uses, Uses, Uses);

    [Test]
    public void Two_who_use_it_and_one_who_closes_it() => Explore(UsesTwice, UsesTwice, [Close, Look]);

    [Test]
    public void Who_closes_it_twice_over() => Explore(Uses, [Close], [Look, Close], [Look]);

    private static void Explore(params IReadOnlyList<ShortWayModel.Act>[] scripts)
    {
        var start = ShortWayModel.Start(scripts);
        var known = new HashSet<ShortWayModel> { start };
        var open = new Stack<ShortWayModel>([start]);
        var ends = 0;
        while (open.TryPop(out var state))
        {
            var isEnd = true;
            foreach (var next in state.Next())
            {
                isEnd = false;
                if (known.Add(next)) open.Push(next);
            }
            if (!isEnd) continue;
            state.CheckEnd();
            ends++;
        }
        TestContext.Out.WriteLine($"{known.Count:N0} states, {ends:N0} ends");
        Assert.That(ends, Is.Positive);
    }
}
