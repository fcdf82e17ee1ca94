namespace GoGoScope.Tests.Leases.Record;

/// <summary>Who is next.</summary>
public sealed class RankingTests : RecordTestBase
{
    [Test]
    public void Higher_priorities_go_first_and_among_equals_whoever_came_first()
    {
        EnterAll(Writer("a"), Writer("low", priority: -1), Writer("b"), Writer("c", priority: 2), Writer("d", priority: 2));
        Assert.That(Order(), Is.EqualTo(["a", "c", "d", "b", "low"]));
    }

    [Test]
    public void Those_who_came_earlier_are_passed_over_and_no_others()
    {
        EnterAll(Writer("a"), Writer("early"), Writer("urgent", priority: 1), Writer("late"));
        Do(Leave("a"));
        Assert.That((Waiter("early").PassedOver, Waiter("late").PassedOver), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Whoever_is_granted_without_waiting_passes_over_all_who_wait()
    {
        EnterAll(Reader("a"), Writer("b"), Writer("c"), Reader("urgent", priority: 1));
        Assert.That((Waiter("b").PassedOver, Waiter("c").PassedOver), Is.EqualTo((1, 1)));
    }

    [Test]
    public void Whoever_is_passed_over_too_often_goes_first()
    {
        Do(Enter(Writer("p", priority: 1)));
        Do(Enter(Writer("patient")));
        for (var i = 0; i < Lock.MaxPassedOver; i++)
        {
            Do(Enter(Writer($"p.{i + 1}", priority: 1)));
            Do(Leave(i == 0 ? "p" : $"p.{i}"));
            Assert.That(Waiter("patient").PassedOver, Is.EqualTo(i + 1));
        }
        Do(Enter(Writer("p.99", priority: 1)));
        Do(Leave($"p.{Lock.MaxPassedOver}"));
        Assert.That(Cell.ToString(), Is.EqualTo("patient! | p.99!"));
    }

    [Test]
    public void Among_those_passed_over_too_often_the_oldest_goes_first_whatever_the_priorities()
    {
        Cell = new() { Limits = new() { MaxPassedOver = 1 } };
        EnterAll(Writer("a"), Writer("older"), Writer("younger", priority: 1), Writer("urgent", priority: 2));
        Do(Leave("a"));
        Assert.That((Waiter("older").PassedOver, Waiter("younger").PassedOver), Is.EqualTo((1, 1)));
        Assert.That(Order(), Is.EqualTo(["urgent", "older", "younger"]));
    }

    [Test]
    public void No_urgent_reader_joins_while_a_writer_waits_that_was_passed_over_too_often()
    {
        Cell = new() { Limits = new() { MaxPassedOver = 1 } };
        EnterAll(Reader("a"), Writer("b"), Reader("urgent", priority: 1));
        Do(Enter(Reader("urgent.1", priority: 1)));
        Assert.That(Cell.ToString(), Is.EqualTo("a urgent | b! urgent.1"));
    }

    [Test]
    public void A_reader_that_ranks_first_by_being_passed_over_once_more_goes_along()
    {
        Cell = new() { Limits = new() { MaxPassedOver = 2 } };
        EnterAll(Writer("a"), Reader("early"), Writer("b", priority: 1), Reader("urgent", priority: 2));
        Do(Leave("a"));
        Assert.That(Cell.ToString(), Is.EqualTo("urgent | early b!"));
        Do(Enter(Reader("urgent.1", priority: 2)));
        Assert.That(Cell.ToString(), Is.EqualTo("urgent urgent.1 early | b!"));
    }

    [Test]
    public void A_raised_waiter_goes_first()
    {
        EnterAll(Writer("a"), Writer("b", priority: 1), Writer("c"));
        var answer = Do(Raise("c", priority: 2));
        Assert.That((answer.Outcome, Waiter("c").Priority), Is.EqualTo((RecordOutcome.Waiting, 2)));
        Assert.That(Order(), Is.EqualTo(["a", "c", "b"]));
    }

    [Test]
    public void A_raised_reader_is_granted_if_only_its_rank_stood_against_it()
    {
        EnterAll(Reader("a"), Writer("b"), Reader("c"));
        var answer = Do(Raise("c", priority: 1));
        Assert.That((answer.Outcome, answer.Tokens), Is.EqualTo((RecordOutcome.Granted, Holder("c").Tokens)));
        Assert.That(Waiter("b").PassedOver, Is.EqualTo(1));
    }

    [Test]
    public void Nobodys_priority_falls()
    {
        EnterAll(Writer("a"), Writer("b", priority: 1));
        Assert.That(Do(Raise("b", priority: 0)).Changed, Is.False);
        Assert.That(Waiter("b").Priority, Is.EqualTo(1));
    }

    [Test]
    public void Nobody_but_a_waiter_is_raised()
    {
        EnterAll(Writer("a"));
        Assert.That(Do(Raise("a", priority: 1)).Outcome, Is.EqualTo(RecordOutcome.Granted));
        Assert.That(Do(Raise("b", priority: 1)).Outcome, Is.EqualTo(RecordOutcome.Lost));
    }

    /// <summary>Lets holder after holder leave.</summary>
    private List<string> Order()
    {
        var order = new List<string>();
        while (Cell.Record.Holders.Length > 0)
        {
            var holder = Cell.Record.Holders[0].Id;
            order.Add(holder.Process);
            Do(new LockCommand.Leave(holder, LastUsedToken: 0));
        }
        return order;
    }
}
