namespace GoGoScope.Testing;

/// <summary>A swap succeeds exactly if the record is as it expects, and a refused one tells what is there.</summary>
public abstract class StoreSwapContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    [Test]
    public async Task A_record_that_does_not_exist_is_free()
    {
        var record = await Read();
        Assert.That(State(record), Is.EqualTo(new StoredRecord(0, 0, "", 0)));
        Assert.That(record.IsFree);
    }

    [Test]
    public async Task A_swap_replaces_the_record_whose_version_it_expects()
    {
        var taken = await Take("one");
        Assert.That(State(await Read()), Is.EqualTo(State(taken)));
        var changed = await Swap(Swapping(taken.Version, "two"));
        Assert.That(State(await Read()), Is.EqualTo(State(changed)));
    }

    [Test]
    public async Task A_swap_that_expects_another_version_changes_nothing_and_tells_what_is_there()
    {
        var taken = await Take();
        var answer = await Refused(Swapping(taken.Version + 1, "other"));
        Assert.That(State(answer), Is.EqualTo(State(taken)));
        Assert.That(State(await Read()), Is.EqualTo(State(taken)));
    }

    [Test]
    public async Task A_swap_that_expects_a_record_where_there_is_none_is_refused()
    {
        var answer = await Refused(Swapping(NewVersion(), "other"));
        Assert.That(State(answer), Is.EqualTo(new StoredRecord(0, 0, "", 0)));
        Assert.That((await Read()).Version, Is.Zero);
    }

    [Test]
    public async Task What_is_taken_is_not_free()
    {
        var taken = await Take();
        Assert.That(State(await Refused(Swapping(expected: 0, "other"))), Is.EqualTo(State(taken)));
    }

    [Test]
    public async Task Free_is_free_whatever_came_before()
    {
        for (var round = 0; round < 10; round++)
        {
            var taken = await Take($"{round}");
            var changed = await Swap(Swapping(taken.Version, "changed", draw: round));
            var freed = await Free(changed);
            Assert.That(freed.IsFree);
            Assert.That((await Read()).IsFree);
        }
    }

    [Test]
    public async Task A_version_that_was_overwritten_is_not_expected_any_more()
    {
        var first = await Take("same");
        var second = await Swap(Swapping(first.Version, "same"));
        Assert.That(State(await Refused(Swapping(first.Version, "same"))), Is.EqualTo(State(second)));
        var freed = await Free(second);
        Assert.That((await Refused(Swapping(second.Version, "same"))).IsFree);
        var third = await Take("same");
        Assert.That(State(await Refused(Swapping(second.Version, "same"))), Is.EqualTo(State(third)));
        Assert.That(State(await Refused(Swapping(freed.Version, "same"))), Is.EqualTo(State(third)));
    }

    /// <summary>Whoever has lost the answer sends it again.</summary>
    [Test]
    public async Task The_same_swap_once_more_is_answered_alike_and_draws_nothing()
    {
        var taking = Swapping(expected: 0, "taken", draw: 5);
        var taken = await Swap(taking);
        Assert.That(State(await Swap(taking)), Is.EqualTo(State(taken)));
        var changing = Swapping(taken.Version, "changed", draw: 5);
        var changed = await Swap(changing);
        Assert.That(State(await Swap(changing)), Is.EqualTo(State(changed)));
        Assert.That(changed.Fence, Is.EqualTo(taken.Fence + 5));
    }

    [Test]
    public async Task Another_process_sees_it_at_once()
    {
        var taken = await Take();
        var changed = await Swap(Swapping(taken.Version, "by the other"), Harness.AnotherProcess);
        Assert.That(State(await Read()), Is.EqualTo(State(changed)));
    }

    [Test]
    public async Task The_clock_is_told_with_every_answer_and_does_not_go_back()
    {
        var read = await Read();
        var taken = await Take();
        var refused = await Refused(Swapping(expected: 0, "other"));
        var freed = await Free(taken);
        Assert.That(new[] { read.Now, taken.Now, refused.Now, freed.Now }, Is.Ordered);
        Assert.That(read.Now, Is.GreaterThan(0));
    }
}
