using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Clock;

/// <summary>What the answers of a store say about its clock.</summary>
public sealed class StoreClockTests
{
    private const long Second = 1_000_000;

    private readonly ManualTimeProvider _time = new();

    private StoreClock Clock => field ??= new StoreClock(_time, drift: 0);

    /// <summary>Whether the request was slow, before the jump, or the answer, after it: here they look the same.</summary>
    [Test]
    public void A_slow_call_beside_it_does_not_hide_a_jump()
    {
        Clock.Observe(Clock.Timestamp, 0);
        var sent = Clock.Timestamp;
        Pass(4);
        Assert.That(Clock.Observe(sent, 4 * Second), Is.False, "it was on its way for four seconds, this way or that");
        Assert.That(Clock.Observe(Clock.Timestamp, 8 * Second), Is.True);
        Assert.That(Clock.Observe(Clock.Timestamp, 8 * Second), Is.False, "once");
    }

    [Test]
    public void An_answer_that_was_overtaken_takes_nothing_back()
    {
        var overtaken = Clock.Timestamp;
        Pass(1);
        Clock.Observe(Clock.Timestamp, 31 * Second);
        var until = Clock.RelyUntil(35 * Second);
        Assert.That(Clock.Observe(overtaken, 0), Is.False);
        Assert.That(Clock.RelyUntil(35 * Second), Is.EqualTo(until));
    }

    [Test]
    public void One_that_was_set_back_is_believed_and_its_next_jump_is_seen()
    {
        Clock.Observe(Clock.Timestamp, 100 * Second);
        Assert.That(Clock.Observe(Clock.Timestamp, 50 * Second), Is.False);
        Assert.That(Clock.Latest, Is.EqualTo(50 * Second));
        Assert.That(Clock.Observe(Clock.Timestamp, 60 * Second), Is.True);
    }

    [Test]
    public void One_that_runs_faster_by_what_is_allowed_for_has_not_jumped()
    {
        var clock = new StoreClock(_time, drift: 0.001);
        clock.Observe(clock.Timestamp, 0);
        for (var i = 1; i <= 100; i++)
        {
            Pass(100);
            Assert.That(clock.Observe(clock.Timestamp, i * (100 * Second + 100_000)), Is.False);
        }
        Assert.That(clock.Observe(clock.Timestamp, 100 * (100 * Second + 100_000) + 300_000), Is.True);
    }

    private void Pass(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));
}
