namespace GoGoScope.Tests.Leases.Record;

/// <summary>How a hold or a wait ends, and who comes next.</summary>
public sealed class ReleaseTests : RecordTestBase
{
    [Test]
    public void The_last_release_leaves_the_record_free()
    {
        EnterAll(Writer("a"));
        var answer = Do(Leave("a"));
        Assert.That((answer.Outcome, answer.Record, answer.KeepUntil), Is.EqualTo((RecordOutcome.Released, LockRecord.Free, 0L)));
        Assert.That(Cell.Stored.IsFree);
    }

    [Test]
    public void A_release_hands_over_and_wakes_whom_it_grants()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"));
        Assert.That(Do(Leave("a")).Wake, Is.EqualTo(["b"]));
        Assert.That(Cell.ToString(), Is.EqualTo("b! | c!"));
    }

    [Test]
    public void Readers_that_lead_together_go_together()
    {
        EnterAll(Writer("a"), Reader("b"), Reader("c"), Reader("c.1"), Writer("d"), Reader("e"));
        Assert.That(Do(Leave("a")).Wake, Is.EqualTo(["b", "c"]), "each process once");
        Assert.That(Cell.ToString(), Is.EqualTo("b c c.1 | d! e"));
    }

    [Test]
    public void A_writer_goes_when_the_last_reader_leaves()
    {
        EnterAll(Reader("a"), Reader("b"), Writer("c"));
        Assert.That(Do(Leave("a")).Wake, Is.Null);
        Assert.That(Do(Leave("b")).Wake, Is.EqualTo(["c"]));
    }

    [Test]
    public void A_waiter_that_gives_up_lets_those_behind_it_go()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c"));
        var answer = Do(Leave("b"));
        Assert.That((answer.Outcome, answer.Wake), Is.EqualTo((RecordOutcome.Released, new[] { "c" })));
        Assert.That(Cell.ToString(), Is.EqualTo("a c"));
    }

    [Test]
    public void The_callers_own_process_is_not_woken()
    {
        EnterAll(Writer("a"), Writer("a.1"));
        Assert.That(Do(Leave("a")).Wake, Is.Null);
        Assert.That(Cell.ToString(), Is.EqualTo("a.1!"));
    }

    [Test]
    public void A_stranger_has_nothing_to_leave()
    {
        EnterAll(Writer("a"));
        var answer = Do(Leave("a.1"));
        Assert.That((answer.Outcome, answer.Changed), Is.EqualTo((RecordOutcome.Released, false)));
    }

    [Test]
    public void The_next_one_of_the_process_queues_up_in_the_same_swap()
    {
        EnterAll(Writer("a"), Writer("b"));
        Assert.That(Do(Leave("a", next: Writer("a.1"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Assert.That(Cell.ToString(), Is.EqualTo("b! | a.1!"));
    }

    [Test]
    public void The_next_one_of_the_process_is_granted_if_nobody_else_waits()
    {
        EnterAll(Writer("a"));
        var answer = Do(Leave("a", next: Writer("a.1")));
        Assert.That((answer.Outcome, answer.Tokens), Is.EqualTo((RecordOutcome.Granted, Holder("a.1").Tokens)));
    }

    [Test]
    public void The_next_one_of_the_process_goes_first_if_its_priority_is_higher()
    {
        EnterAll(Writer("a"), Writer("b"));
        Do(Leave("a", next: Writer("a.1", priority: 1)));
        Assert.That(Cell.ToString(), Is.EqualTo("a.1! | b!"));
        Assert.That(Waiter("b").PassedOver, Is.EqualTo(1));
    }

    [Test]
    public void The_next_one_enters_even_if_there_is_nothing_to_leave()
    {
        EnterAll(Writer("b"));
        Assert.That(Do(Leave("a", next: Writer("a.1"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
    }

    [Test]
    public void The_next_one_has_the_place_of_a_waiter_that_leaves_for_it()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c", priority: 1));
        Do(Leave("a"));
        Do(Leave("b", next: Writer("b.1")));
        EnterAll(Writer("d"));
        Assert.That(Cell.ToString(), Is.EqualTo("c! | b.1! d!"));
        Assert.That(Waiter("b.1").PassedOver, Is.EqualTo(1), "as long as the one before it has waited");
    }

    [Test]
    public void A_waiter_that_leaves_for_one_who_waits_already_leaves_its_place_empty()
    {
        EnterAll(Writer("a"), Writer("b"), Writer("c"), Writer("b.1"));
        Assert.That(Do(Leave("b", next: Writer("b.1"))).Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Assert.That(Cell.ToString(), Is.EqualTo("a! | c! b.1!"));
    }

    [Test]
    public void The_next_one_is_granted_where_the_waiter_that_leaves_for_it_was_in_the_way()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c"));
        Assert.That(Do(Leave("b", next: Reader("b.1"))).Outcome, Is.EqualTo(RecordOutcome.Granted));
        Assert.That(Cell.ToString(), Is.EqualTo("a b.1 c"));
    }
}
