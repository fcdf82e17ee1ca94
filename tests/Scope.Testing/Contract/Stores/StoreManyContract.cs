namespace GoGoScope.Testing;

/// <summary>Many swaps at once are as many swaps one by one.</summary>
public abstract class StoreManyContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    [Test]
    public async Task Each_succeeds_or_fails_by_itself()
    {
        string[] keys = [Harness.NewKey(), Harness.NewKey(), Harness.NewKey(), Harness.NewKey(), Harness.NewKey()];
        var taken = await Take("taken", key: keys[1]);
        var other = await Take("other", key: keys[2]);
        LockSwap[] swaps =
        [
            Swapping(expected: 0, "new", draw: 1, keys[0]),
            Swapping(taken.Version, "changed", draw: 2, keys[1]),
            Swapping(taken.Version, "refused", draw: 3, keys[2]),
            Swapping(taken.Version, "refused", draw: 4, keys[3]),
            Swapping(expected: 0, "late", draw: 5, keys[4]) with { NotAfter = taken.Now },
        ];
        var answers = await Store.SwapManyAsync(swaps, default).Soon();
        Assert.That(answers, Has.Count.EqualTo(5));
        Assert.That(answers.Select(answer => answer.Body), Is.EqualTo(["new", "changed", "other", "", ""]));
        Assert.That(answers[0].Version, Is.EqualTo(swaps[0].Version));
        Assert.That(State(answers[1]), Is.EqualTo(new StoredRecord(swaps[1].Version, taken.Fence + 2, "changed", 0)));
        Assert.That(State(answers[2]), Is.EqualTo(State(other)));
        Assert.That(State(answers[3]), Is.EqualTo(new StoredRecord(0, 0, "", 0)));
        for (var i = 0; i < keys.Length; i++) Assert.That(State(await Read(keys[i])), Is.EqualTo(State(answers[i])));
    }

    [Test]
    public async Task None_is_none() => Assert.That(await Store.SwapManyAsync([], default).Soon(), Is.Empty);

    [Test]
    public async Task Hundreds_are_answered_in_their_order()
    {
        var swaps = Enumerable.Range(0, 500).Select(i => Swapping(expected: 0, $"body {i}", draw: 1, Harness.NewKey())).ToList();
        var taken = await Store.SwapManyAsync(swaps, default).Soon();
        Assert.That(taken.Select(record => (record.Version, record.Body)), Is.EqualTo(swaps.Select(swap => (swap.Version, swap.Body))));
        var freed = await Store.SwapManyAsync([.. swaps.Select(swap => Swapping(swap.Version, "", key: swap.Key))], default).Soon();
        Assert.That(freed.All(record => record.IsFree));
        Assert.That((await Read(swaps[^1].Key)).IsFree);
    }

    /// <summary>In a database they would wait for each other's rows.</summary>
    [Test]
    public async Task In_opposite_orders_nobody_waits_for_ever()
    {
        var keys = Enumerable.Range(0, 20).Select(_ => Harness.NewKey()).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? Store : Harness.AnotherProcess;
            var order = i % 2 == 0 ? keys : [.. keys.AsEnumerable().Reverse()];
            for (var round = 0; round < 10; round++)
            {
                var swaps = order.Select(key => Swapping(expected: 0, $"contender {i}", draw: 1, key)).ToList();
                var answers = await SwapAllAsync(store, swaps);
                var won = swaps.Where((swap, at) => answers[at].Version == swap.Version).ToList();
                var freed = await SwapAllAsync(store, [.. won.Select(swap => Swapping(swap.Version, "", key: swap.Key))]);
                if (!freed.All(record => record.IsFree)) throw new InvalidOperationException("What was won could not be freed.");
            }
        }))).Soon();
    }

    private Task<IReadOnlyList<StoredRecord>> SwapAllAsync(ILockStore store, IReadOnlyList<LockSwap> swaps) => Again.SwapManyAsync(store, swaps, Harness.MayBeAskedAgain);

    [Test]
    public async Task They_wake_as_single_ones_do()
    {
        Needs(StoreCapability.Watching);
        var watcher = new NotedNews();
        await using var watching = await Store.WatchAsync("p1", watcher, default).Soon();
        string[] keys = [Harness.NewKey(), Harness.NewKey(), Harness.NewKey()];
        await Take(key: keys[1]);
        await Store.SwapManyAsync([.. keys.Select(key => Swapping(expected: 0, "many", key: key) with { Wake = ["p1"] })], default).Soon();
        var woken = new[] { await watcher.NextAsync(), await watcher.NextAsync() }.Select(news => news.Key);
        Assert.That(woken, Is.EquivalentTo([keys[0], keys[2]]));
    }
}
