using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>The record of a semaphore: weights, what its users agree on, and what stands in the store.</summary>
public sealed class PermitTests : RecordTestBase
{
    [Test]
    public void The_text_says_how_many_there_are_and_who_has_how_many()
    {
        EnterAll(Permits("web-1.1", weight: 2) with { Owner = "orders" }, Permits("web-2.1") with { Owner = "billing" }, Permits("web-3.7", weight: 3) with { Owner = "mail" });
        Assert.That(
            Cell.Stored.Body,
            Is.EqualTo("""
                {"permits":4,"holders":[{"id":"web-1.1","owner":"orders","mode":"permits","weight":2,"token":1794395471000001,"since":"2026-11-11T11:11:11.000000Z","expires":"2026-11-11T11:11:41.000000Z"},{"id":"web-2.1","owner":"billing","mode":"permits","token":1794395471000002,"since":"2026-11-11T11:11:11.000000Z","expires":"2026-11-11T11:11:41.000000Z"}],"waiters":[{"id":"web-3.7","owner":"mail","mode":"permits","weight":3,"since":"2026-11-11T11:11:11.000000Z","ttlSeconds":30}]}
                """));
        Assert.That((Cell.Record.Permits, Holder("web-1.1").Weight, Waiter("web-3.7").Contender.Permits), Is.EqualTo((4, 2, 4)));
        Assert.That(Cell.Record.ToBody(), Is.EqualTo(Cell.Stored.Body));
    }

    [Test]
    public void Whatever_the_order_of_its_members_a_record_is_read()
    {
        Cell.Put("""{"waiters":[{"id":"b.1","owner":"o","mode":"permits","weight":2,"ttlSeconds":1}],"holders":[{"id":"a.1","owner":"o","weight":1,"mode":"permits","token":5,"expires":"2026-11-11T12:00:00Z"}],"permits":2}""", fence: 5);
        Assert.That((Cell.Record.Permits, Holder("a.1").Weight, Waiter("b.1").Contender.Permits, Waiter("b.1").Weight), Is.EqualTo((2, 1, 2, 2)));
    }

    [Test]
    public void Weights_are_granted_until_there_is_no_room_and_come_back_one_by_one()
    {
        EnterAll(Permits("a", weight: 2), Permits("b"), Permits("c"), Permits("d", weight: 3), Permits("e"));
        Assert.That(Held, Is.EqualTo("a b c"));
        Do(Leave("b.0"));
        Do(Leave("c.0"));
        Assert.That(Held, Is.EqualTo("a"), "nobody goes past d");
        Assert.That(Do(Leave("a.0")).Wake, Is.EqualTo(["d", "e"]));
        Assert.That(Held, Is.EqualTo("d e"));
    }

    [Test]
    public void A_lease_that_has_ended_gives_its_weight_back_and_no_more()
    {
        EnterAll(Permits("a", weight: 2, timeToLive: Second), Permits("b", weight: 2));
        Cell.Clock += Second - 1;
        Assert.That(Do(Enter(Permits("c"), mayWait: false)).Outcome, Is.EqualTo(RecordOutcome.Refused));
        Cell.Clock += 1;
        Assert.That(Do(Enter(Permits("c", weight: 3), mayWait: false)).Outcome, Is.EqualTo(RecordOutcome.Refused));
        Assert.That(Do(Enter(Permits("d", weight: 2), mayWait: false)).Outcome, Is.EqualTo(RecordOutcome.Granted));
        Assert.That(Held, Is.EqualTo("b d"));
    }

    [Test]
    public void Who_comes_to_a_full_queue_and_stood_in_the_way_of_it_takes_the_room_that_it_makes()
    {
        Cell = new() { Limits = new() { MaxWaiters = 1 } };
        EnterAll(Permits("a"), Permits("b", weight: 3, timeToLive: Second), Permits("c", weight: 3));
        Cell.Clock += Second;
        var urgent = Permits("d", weight: 4) with { Priority = 1 };
        Assert.That(Do(Enter(urgent)).Outcome, Is.EqualTo(RecordOutcome.Waiting));
        Assert.That(Held, Is.EqualTo("a c"));
        Assert.That(Do(Enter(urgent)).Changed, Is.False, "repeated");
    }

    [Test]
    public void Who_takes_the_key_for_something_else_is_refused_and_changes_nothing()
    {
        EnterAll(Permits("a"));
        foreach (var other in new[] { Permits("b") with { Permits = 5 }, Writer("b"), Reader("b") })
        {
            var made = Do(Enter(other));
            Assert.That((made.Outcome, made.Changed, made.Record.Permits), Is.EqualTo((RecordOutcome.InOtherUse, false, 4)));
        }
        Do(Leave("a.0"));
        EnterAll(Writer("b"));
        Assert.That(Do(Enter(Permits("c"))).Outcome, Is.EqualTo(RecordOutcome.InOtherUse));
        Cell.Clock += Lease;
        Assert.That(Do(Enter(Permits("c"))).Outcome, Is.EqualTo(RecordOutcome.Granted), "the lock's lease has ended");
        Assert.That((Cell.Record.Permits, Held), Is.EqualTo((4, "c")));
    }

    [Test]
    public void What_is_left_to_those_who_wait_is_still_what_it_was()
    {
        EnterAll(Permits("a", weight: 4, timeToLive: Second), Permits("b"));
        Cell.Clock += Second;
        Assert.That(Do(Enter(Writer("c"))).Outcome, Is.EqualTo(RecordOutcome.InOtherUse), "it is b's turn");
        Assert.That(Held, Is.EqualTo("b"));
    }

    [Test]
    public void Who_gives_up_its_wait_for_a_lock_does_not_leave_its_place_to_a_semaphore()
    {
        EnterAll(Writer("a"), Writer("b"));
        var made = Do(Leave("b.0", next: Permits("b.1")));
        Assert.That((made.Outcome, Cell.Record.Waiters.Length), Is.EqualTo((RecordOutcome.InOtherUse, 0)));
        Assert.That(Do(Leave("a.0", next: Permits("a.1"))).Outcome, Is.EqualTo(RecordOutcome.Granted), "nobody else was there");
    }

    // With ' for the quotation marks.
    [TestCase(",'permits':4", "", "permits are held, and it is not said how many there are")]
    [TestCase("'permits':4", "'permits':0", "permits is not a number from 1")]
    [TestCase("'permits':4", "'permits':'4'", "permits is not a number from 1")]
    [TestCase("'permits':4", "'permits':1", "2 permits are held of 1")]
    [TestCase("'weight':2,'token", "'weight':0,'token", "holders[0].weight is not a number from 1")]
    [TestCase("'weight':2,'ttl", "'weight':5,'ttl", "somebody waits for 5 permits of 4")]
    [TestCase("'mode':'permits','weight':2,'token", "'mode':'read','token", "of a semaphore somebody holds no permits")]
    [TestCase("'mode':'permits','weight':2,'ttl", "'mode':'exclusive','ttl", "somebody waits for 0 permits of 4")]
    public void A_record_that_makes_no_sense(string right, string wrong, string what)
    {
        const string Body = "{'format':1,'permits':4,'holders':[{'id':'a.1','owner':'o','mode':'permits','weight':2,'token':5,'expires':'2026-11-11T12:00:00Z'}],"
            + "'waiters':[{'id':'b.1','owner':'o','mode':'permits','weight':2,'ttlSeconds':30}]}";
        Assert.That(Body.Contains(right, StringComparison.Ordinal));
        var body = Body.Replace(right, wrong, StringComparison.Ordinal).Replace('\'', '"');
        var error = Assert.Throws<FormatException>(() => LockRecord.Parse(new StoredRecord(1, 9, body, 1)))!;
        Assert.That(error.Message, Does.Contain(what));
    }

    private string Held => Cell.ToString().Split(" | ")[0];

    private static Contender Permits(string name, int weight = 1, long timeToLive = Lease) =>
        Writer(name, timeToLive: timeToLive) with { Mode = LockMode.Permits, Weight = weight, Permits = 4 };
}
