namespace GoGoScope.Tests.Leases.Record;

/// <summary>How leases end and are renewed, and what becomes of the dead.</summary>
public sealed class LeaseTests : RecordTestBase
{
    [Test]
    public void A_lease_holds_until_its_end_and_not_longer()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Lease - 1;
        Assert.That(Do(Enter(Writer("b"), mayWait: false)).Outcome, Is.EqualTo(RecordOutcome.Refused));
        Cell.Clock++;
        Assert.That(Do(Enter(Writer("b"), mayWait: false)).Outcome, Is.EqualTo(RecordOutcome.Granted));
    }

    [Test]
    public void An_eviction_tells_the_store_since_when_it_is_right()
    {
        EnterAll(Reader("a", timeToLive: 2 * Second), Reader("b", timeToLive: Second));
        var proposal = Cell.Try(Enter(Writer("c")), now: Cell.Clock + 2 * Second);
        Assert.That(proposal.NotBefore, Is.EqualTo(Cell.Clock + 2 * Second));
        Assert.That(Cell.Swap(proposal), Is.Null, "a clock that is ahead makes a proposal, which the store refuses");
    }

    [Test]
    public void Nothing_is_said_about_the_clock_if_nobody_is_evicted()
    {
        EnterAll(Writer("a"));
        Assert.That(Cell.Try(Leave("a")).NotBefore, Is.Zero);
    }

    [Test]
    public void A_reader_that_has_expired_leaves_the_others_alone()
    {
        EnterAll(Reader("a", timeToLive: Second), Reader("b"), Writer("c"));
        Cell.Clock += Second;
        Do(Enter(Writer("c")));
        Assert.That(Cell.ToString(), Is.EqualTo("b | c!"));
    }

    [Test]
    public void Whoever_finds_an_ended_lease_hands_over_to_whom_it_is_due()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        Cell.Clock += Lease;
        Assert.That(Do(Enter(Writer("c"))).Wake, Is.EqualTo(["b"]));
        Assert.That(Cell.ToString(), Is.EqualTo("b! | c!"));
    }

    [Test]
    public void A_renewal_moves_the_end_of_the_lease()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Second;
        var answer = Do(Renew("a"));
        Assert.That((answer.Outcome, answer.ExpiresAt), Is.EqualTo((RecordOutcome.Renewed, Cell.Clock + Lease)));
        Assert.That(Holder("a").ExpiresAt, Is.EqualTo(Cell.Clock + Lease));
    }

    [Test]
    public void Since_when_somebody_holds_or_waits_stays_as_it_is()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Second;
        EnterAll(Writer("b.1"));
        Cell.Clock += Second;
        Do(Renew("a"));
        Do(Raise("b.1", priority: 1));
        Do(Leave("b.1", next: Writer("b.2")));
        Assert.That((Holder("a").Since, Waiter("b.2").Since), Is.EqualTo((Cell.Clock - 2 * Second, Cell.Clock - Second)));

        Do(Leave("a"));
        Assert.That(Holder("b.2").Since, Is.EqualTo(Cell.Clock), "it has held for no longer");
    }

    [Test]
    public void A_renewal_never_shortens_a_lease()
    {
        EnterAll(Writer("a"));
        var answer = Do(Renew("a", timeToLive: Second));
        Assert.That((answer.Outcome, answer.Changed, answer.ExpiresAt), Is.EqualTo((RecordOutcome.Renewed, false, Cell.Clock + Lease)));
    }

    [Test]
    public void A_renewal_without_end_lasts_as_long_as_the_calendar()
    {
        EnterAll(Writer("a"));
        Assert.That(Do(Renew("a", timeToLive: long.MaxValue)).ExpiresAt, Is.EqualTo(StoreTime.Latest));
    }

    [Test]
    public void A_lease_that_has_ended_is_not_renewed()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Lease;
        Assert.That(Do(Renew("a")).Outcome, Is.EqualTo(RecordOutcome.Lost));
        Assert.That(Cell.Stored.IsFree);
    }

    [Test]
    public void A_renewal_makes_no_hold_and_takes_no_other()
    {
        Assert.That(Do(Renew("a")).Outcome, Is.EqualTo(RecordOutcome.Lost));
        EnterAll(Writer("b"), Writer("c"));
        Assert.That(Do(Renew("b.1")).Outcome, Is.EqualTo(RecordOutcome.Lost));
        Assert.That(Do(Renew("c")).Outcome, Is.EqualTo(RecordOutcome.Lost), "who waits has no lease");
        Assert.That(Cell.ToString(), Is.EqualTo("b! | c!"));
    }

    [Test]
    public void A_late_release_frees_nobody_elses_hold()
    {
        EnterAll(Writer("a"));
        Cell.Clock += Lease;
        EnterAll(Writer("b"));
        Do(Leave("a"));
        Assert.That(Cell.ToString(), Is.EqualTo("b!"));
    }

    [Test]
    public void Dead_waiters_are_dropped()
    {
        EnterAll(Reader("a"), Writer("b"), Writer("b.1"), Reader("c"));
        Assert.That(Do(Enter(Reader("d")), "b").Wake, Is.EqualTo(["c"]));
        Assert.That(Cell.ToString(), Is.EqualTo("a c d").Or.EqualTo("a d c"));
    }

    [Test]
    public void Who_asks_is_not_dead()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        Assert.That(Do(Enter(Writer("b")), "b").Changed, Is.False);
    }

    [Test]
    public void A_dead_holder_holds_until_its_lease_ends()
    {
        EnterAll(Writer("a"));
        Assert.That(Do(Enter(Writer("b")), "a").Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Cell.Clock += Lease;
        Assert.That(Do(Enter(Writer("b")), "a").Outcome, Is.EqualTo(RecordOutcome.Granted));
    }

    [Test]
    public void A_store_keeps_the_record_until_the_last_lease_ends_and_longer_if_somebody_waits()
    {
        Assert.That(Do(Enter(Reader("a"))).KeepUntil, Is.EqualTo(Cell.Clock + Lease));
        Assert.That(Do(Enter(Reader("b", timeToLive: Second))).KeepUntil, Is.EqualTo(Cell.Clock + Lease));
        Assert.That(Do(Enter(Writer("c"))).KeepUntil, Is.EqualTo(Cell.Clock + Lease + LockRecord.Grace));
    }

    [Test]
    public void Who_waits_looks_again_when_the_first_lease_ends()
    {
        Assert.That(LockRecord.Free.NextExpiry, Is.Zero);
        EnterAll(Reader("a"), Reader("b", timeToLive: Second), Writer("c"));
        Assert.That(Cell.Record.NextExpiry, Is.EqualTo(Cell.Clock + Second));
    }
}
