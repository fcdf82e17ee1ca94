namespace GoGoScope.Testing;

/// <summary>Every token that is drawn is higher than all before it, whatever became of the record in between.</summary>
public abstract class StoreFenceContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    [Test]
    public async Task A_new_record_starts_at_the_clock()
    {
        var before = (await Read()).Now;
        var taken = await Take(draw: 3);
        var after = (await Read()).Now;
        Assert.That(taken.Fence, Is.InRange(before + 3, after + 3));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_000)]
    [TestCase(-1_000)]
    [TestCase(Hour)]
    public async Task The_fence_of_a_taken_record_changes_by_what_is_drawn(long draw)
    {
        var taken = await Take();
        await Harness.PassAsync(TimeSpan.FromMilliseconds(1));
        var changed = await Swap(Swapping(taken.Version, "changed", draw));
        Assert.That(changed.Fence, Is.EqualTo(taken.Fence + draw));
        Assert.That((await Read()).Fence, Is.EqualTo(changed.Fence));
    }

    [Test]
    public async Task Tokens_rise_over_release_and_deletion()
    {
        var last = 0L;
        for (var round = 0; round < 20; round++)
        {
            var taken = await Take(draw: 1 + round % 3);
            Assert.That(taken.Fence, Is.GreaterThan(last), $"round {round}");
            last = taken.Fence;
            await Free(taken);
        }
    }

    [Test]
    public async Task What_was_not_used_can_be_given_back_and_tokens_still_rise()
    {
        var last = 0L;
        for (var round = 0; round < 20; round++)
        {
            var taken = await Take(draw: 1_000);
            // Of 1,000 the first four were used.
            var used = taken.Fence - 996;
            Assert.That(used - 3, Is.GreaterThan(last), $"round {round}");
            last = used;
            await Free(taken, draw: -996);
        }
    }

    /// <summary>More tokens were drawn than microseconds went by, or the server's clock was set back.</summary>
    [Test]
    public async Task Tokens_that_are_ahead_of_the_clock_still_rise()
    {
        var ahead = (await Read()).Now + Hour;
        await Harness.PlantAsync(Key, version: 42, ahead, "taken");
        Assert.That((await Read()).Fence, Is.EqualTo(ahead));

        var freed = await Free(new StoredRecord(42, ahead, "taken", 0));
        Assert.That(freed.Fence, Is.EqualTo(ahead));
        var taken = await Take();
        Assert.That(taken.Fence, Is.EqualTo(ahead + 1));
        await Free(taken, draw: 10);
        Assert.That((await Take()).Fence, Is.EqualTo(ahead + 12));
    }

    /// <summary>Nobody may think that it is kept for that.</summary>
    [Test]
    public async Task A_record_that_is_not_needed_any_more_is_not_forgotten_while_its_fence_is_ahead()
    {
        var now = (await Read()).Now;
        await Harness.PlantAsync(Key, version: 42, now + Hour, "taken");
        await Swap(Swapping(expected: 42, "still taken") with { KeepUntil = now });
        await Harness.PassAsync(TimeSpan.FromMilliseconds(20));
        Assert.That((await Read()).Fence, Is.EqualTo(now + Hour));
        await Swap(Swapping((await Read()).Version, "") with { KeepUntil = now });
        await Harness.PassAsync(TimeSpan.FromMilliseconds(20));
        Assert.That((await Take()).Fence, Is.EqualTo(now + Hour + 1));
    }

    [Test]
    public async Task A_record_that_is_needed_is_kept()
    {
        var taken = await Take();
        var kept = await Swap(Swapping(taken.Version, "kept") with { KeepUntil = taken.Now + Hour });
        await Harness.PassAsync(TimeSpan.FromMilliseconds(20));
        Assert.That(State(await Read()), Is.EqualTo(State(kept)));
    }

    [Test]
    public async Task A_free_record_whose_fence_is_ahead_goes_on_from_there_and_one_that_is_behind_from_the_clock()
    {
        var now = (await Read()).Now;
        await Harness.PlantAsync(Key, version: 1, now + Hour, "");
        Assert.That((await Take()).Fence, Is.EqualTo(now + Hour + 1));

        var other = Harness.NewKey();
        await Harness.PlantAsync(other, version: 1, now - Hour, "");
        Assert.That((await Take(key: other)).Fence, Is.GreaterThan(now));
    }
}
