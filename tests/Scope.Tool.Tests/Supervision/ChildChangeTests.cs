using System.Text;

namespace GoGoScope.Tool.Tests;

/// <summary>What becomes of a child between the look at it and the moment when that is taken.</summary>
[TestFixture]
[Platform("Linux")]
[CancelAfter(60_000)]
public sealed class ChildChangeTests
{
    private int _child;

    [SetUp]
    public async Task StartOneThatStops()
    {
        _child = ProcessGroup.Start([.. new[] { "sh", "-c", "kill -STOP $$; exit 3" }.Select(Encoding.UTF8.GetBytes)], ProcessWords.Environment());
        await Waiting.Until(() => Signals.Stat(_child) is { State: "T" }, "it has stopped");
    }

    [Test]
    public async Task A_stop_is_taken_once_and_nobody_waits_for_one_that_is_over()
    {
        Assert.That(await TakeAsync(ChildChangeKind.Stopped), Is.EqualTo(new ChildChange(_child, ChildChangeKind.Stopped, 19)));
        Assert.That(await TakeAsync(ChildChangeKind.Stopped), Is.Null);
        await Signals.SendAsync("CONT", _child);
        await Waiting.Until(() => Signals.Stat(_child) is { State: "Z" }, "it has ended");
        Assert.That(await TakeAsync(ChildChangeKind.Exited), Is.EqualTo(new ChildChange(_child, ChildChangeKind.Exited, 3)));
    }

    [Test]
    public async Task An_end_is_not_taken_for_a_stop_that_came_before()
    {
        await Signals.SendAsync("CONT", _child);
        await Waiting.Until(() => Signals.Stat(_child) is { State: "Z" }, "it has ended");
        Assert.That(await TakeAsync(ChildChangeKind.Stopped), Is.Null);
        Assert.That(await TakeAsync(ChildChangeKind.Exited), Is.EqualTo(new ChildChange(_child, ChildChangeKind.Exited, 3)));
    }

    private Task<ChildChange?> TakeAsync(ChildChangeKind kind) => Task.Run(() => new ChildChange(_child, kind, 0).Take()).Soon();
}
