namespace GoGoScope.Tests.Leases.Record;

/// <summary>Who is granted the lock, who waits and who is refused.</summary>
public sealed class AcquireTests : RecordTestBase
{
    [Test]
    public void A_free_lock_is_granted_at_once()
    {
        var answer = Do(Enter(Writer("a")));
        Assert.That(answer.Outcome, Is.EqualTo(RecordOutcome.Granted));
        Assert.That(answer.ExpiresAt, Is.EqualTo(Cell.Clock + Lease));
        Assert.That(Cell.ToString(), Is.EqualTo("a!"));
    }

    [Test]
    public void Readers_hold_together()
    {
        EnterAll(Reader("a"), Reader("b"));
        Assert.That(Cell.ToString(), Is.EqualTo("a b"));
    }

    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public void A_writer_is_alone(bool writesFirst, bool writesSecond)
    {
        Do(Enter(writesFirst ? Writer("a") : Reader("a")));
        Assert.That(Do(Enter(writesSecond ? Writer("b") : Reader("b"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
    }

    [Test]
    public void Whoever_may_not_wait_is_refused_and_leaves_no_trace()
    {
        EnterAll(Writer("a"));
        var answer = Do(Enter(Writer("b"), mayWait: false));
        Assert.That((answer.Outcome, answer.Changed), Is.EqualTo((RecordOutcome.Refused, false)));
        Assert.That(Cell.ToString(), Is.EqualTo("a!"));
    }

    [Test]
    public void A_full_queue_refuses_by_an_outcome_of_its_own()
    {
        Cell = new() { Limits = new() { MaxWaiters = 2 } };
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        var answer = Do(Enter(Writer("d")));
        Assert.That((answer.Outcome, answer.Changed), Is.EqualTo((RecordOutcome.QueueFull, false)));
        Assert.That(Do(Enter(Writer("c"))).Outcome, Is.EqualTo(RecordOutcome.Waiting), "who is in the queue stays");
    }

    [Test]
    public void A_place_that_a_release_frees_in_a_full_queue_is_there_for_the_next()
    {
        Cell = new() { Limits = new() { MaxWaiters = 1 } };
        EnterAll(Writer("a"), Writer("b"));
        Assert.That(Do(Leave("a", next: Writer("a.1"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Assert.That(Cell.ToString(), Is.EqualTo("b! | a.1!"));
    }

    [Test]
    public void A_reader_waits_behind_a_writer_that_waits()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c"));
        Assert.That(Cell.ToString(), Is.EqualTo("a | b! c"));
    }

    [Test]
    public void A_reader_of_higher_priority_joins_the_readers_before_a_writer_that_waits()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c", priority: 1));
        Assert.That(Cell.ToString(), Is.EqualTo("a c | b!"));
    }

    [Test]
    public void A_reader_joins_the_readers_although_readers_wait_behind_a_writer_of_lower_priority()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c"), Reader("d", priority: 1));
        Assert.That(Cell.ToString(), Is.EqualTo("a d | b! c"));
    }

    [Test]
    public void Whoever_looks_again_before_its_turn_goes_on_waiting_and_changes_nothing()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        var answer = Do(Enter(Writer("b"), mayWait: false));
        Assert.That((answer.Outcome, answer.Changed), Is.EqualTo((RecordOutcome.Waiting, false)));
    }

    [Test]
    public void Whoever_was_granted_the_lock_by_another_finds_it_when_it_looks()
    {
        EnterAll(Writer("a"), Writer("b", tokens: 3));
        Do(Leave("a"));
        var answer = Do(Enter(Writer("b", tokens: 3)));
        Assert.That((answer.Outcome, answer.Changed, answer.Tokens), Is.EqualTo((RecordOutcome.Granted, false, Holder("b").Tokens)));
    }

    [Test]
    public void Nobody_who_looks_makes_its_lease_longer()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Second;
        Assert.That(Do(Enter(Writer("a"))).ExpiresAt, Is.EqualTo(Cell.Clock - Second + Lease));
    }

    [Test]
    public void A_waiters_lease_begins_when_it_is_granted_and_is_as_long_as_it_asked_for()
    {
        EnterAll(Writer("a"), Writer("b", timeToLive: 5 * Second));
        Cell.Clock += Second;
        Do(Leave("a"));
        Assert.That(Holder("b").ExpiresAt, Is.EqualTo(Cell.Clock + 5 * Second));
    }

    [Test]
    public void A_lease_without_end_ends_with_the_calendar()
    {
        EnterAll(Writer("a", timeToLive: long.MaxValue), Writer("b", timeToLive: long.MaxValue));
        Assert.That(Holder("a").ExpiresAt, Is.EqualTo(StoreTime.Latest));
        Assert.That(Waiter("b").Contender.TimeToLive, Is.EqualTo(StoreTime.Latest));
    }

    [Test]
    public void What_could_not_be_read_again_is_refused()
    {
        Assert.That(() => Writer("a", timeToLive: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Writer("a", tokens: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Writer("a", tokens: 1_001), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Writer("a") with { Id = new ContenderId("a b", 1) }, Throws.ArgumentException);
        Assert.That(() => Writer("a") with { Id = new ContenderId("a", -1) }, Throws.ArgumentException);
    }
}
