namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>What is known of the server's clock: never more than it shows, and where tokens go on from.</summary>
[TestFixture]
public sealed class KnownClockTests
{
    private const long Noon = 1_767_268_800_000_000;

    private readonly ManualTimeProvider _time = new();
    private KnownClock _clock = null!;

    [SetUp]
    public void Make() => _clock = new KnownClock(_time);

    [Test]
    public void Before_the_first_answer_nothing_is_known()
    {
        Assert.That((_clock.IsKnown, _clock.Now), Is.EqualTo((false, 0L)));
        _clock.Hear(Noon, nowWhenSent: 0);
        Assert.That((_clock.IsKnown, _clock.Now), Is.EqualTo((true, Noon)));
    }

    [Test]
    public void It_goes_on_in_whole_milliseconds()
    {
        _clock.Hear(Noon, nowWhenSent: 0);
        _time.Advance(TimeSpan.FromMicroseconds(2_900));
        Assert.That(_clock.Now, Is.EqualTo(Noon + 2_000));
    }

    [Test]
    public void Of_answers_that_overtake_one_another_the_later_time_counts()
    {
        _clock.Hear(Noon, nowWhenSent: 0);
        _clock.Hear(Noon + 9_000, nowWhenSent: Noon);
        _clock.Hear(Noon + 5_000, nowWhenSent: Noon);
        Assert.That(_clock.Now, Is.EqualTo(Noon + 9_000));
    }

    [Test]
    public void A_clock_that_is_set_back_is_followed()
    {
        _clock.Hear(Noon, nowWhenSent: 0);
        _clock.Hear(Noon - 3_600_000_000, nowWhenSent: Noon);
        Assert.That(_clock.Now, Is.EqualTo(Noon - 3_600_000_000));
    }

    /// <summary>A lock that is taken, released and taken again within one millisecond of the server's clock.</summary>
    [Test]
    public void Tokens_go_on_from_a_fence_that_is_a_little_ahead()
    {
        _clock.Hear(Noon, nowWhenSent: 0, fence: Noon + 3);
        Assert.That(_clock.Floor, Is.EqualTo(Noon + 3));
        _clock.Hear(Noon, nowWhenSent: Noon, fence: Noon + 2);
        Assert.That(_clock.Floor, Is.EqualTo(Noon + 3));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(_clock.Floor, Is.EqualTo(Noon + 1_000));
    }

    /// <summary>That one is a matter of its own key.</summary>
    [Test]
    public void But_not_from_one_that_is_far_ahead()
    {
        _clock.Hear(Noon, nowWhenSent: 0, fence: Noon + 1_000_001);
        Assert.That(_clock.Floor, Is.EqualTo(Noon));
        _clock.Hear(Noon, nowWhenSent: Noon, fence: Noon + 1_000_000);
        Assert.That(_clock.Floor, Is.EqualTo(Noon + 1_000_000));
    }

    [Test]
    public void When_the_clock_was_set_back_later_fences_count_again()
    {
        _clock.Hear(Noon, nowWhenSent: 0, fence: Noon + 3);
        _clock.Hear(Noon - 3_600_000_000, nowWhenSent: Noon, fence: Noon - 3_600_000_000 + 2);
        Assert.That(_clock.Floor, Is.EqualTo(Noon - 3_600_000_000 + 2));
    }
}
