namespace GoGoScope.Testing;

/// <summary>A store that can be listed says which keys it has, each once, and nothing else.</summary>
public abstract class StoreListingContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    // More than any store reads at once.
    private const int Many = 1_200;

    [TestCase("")]
    [TestCase("*")]
    [TestCase("?[a-c]\\")]
    [TestCase("%_'")]
    [TestCase("{é鍵🔒}\0")]
    public async Task What_begins_with_a_prefix_is_listed_and_nothing_else(string odd)
    {
        var prefix = $"{Key}{odd}";
        string[] keys = [prefix, $"{prefix}a", $"{prefix}🔒", $"{prefix}{new string('k', 5_000)}"];
        var taken = new Dictionary<string, StoredRecord>();
        foreach (var key in keys) taken[key] = await Take($"body of {key.Length}", key: key);
        foreach (var key in new[] { $"before{prefix}", Key[..^1] + "x" + odd, Key.ToUpperInvariant() + odd }) await Take(key: key);
        // One that is free, and remembered for its fence.
        await Free(await Take(draw: 1_000, key: $"{prefix}free"), key: $"{prefix}free");

        var listed = await List(prefix);
        Assert.That(listed.ToDictionary(one => one.Key, one => State(one.Value)), Is.EquivalentTo(taken.ToDictionary(one => one.Key, one => State(one.Value))));
        var now = (await Read()).Now;
        Assert.That(listed.Select(one => one.Value.Now), Has.All.InRange(taken[keys[0]].Now, now));
    }

    [Test]
    public async Task More_than_a_page_comes_once_each_and_another_process_sees_the_same()
    {
        var keys = Enumerable.Range(0, Many).Select(i => $"{Key}:{i}").ToList();
        var taken = await Store.SwapManyAsync([.. keys.Select(key => Swapping(expected: 0, "taken", draw: 1, key))], default).Soon();
        Assert.That((await List($"{Key}:", Harness.AnotherProcess)).Select(one => one.Key), Is.EquivalentTo(keys));
        await Store.SwapManyAsync([.. taken.Select((record, i) => Swapping(record.Version, body: "", key: keys[i]))], default).Soon();
        Assert.That(await List($"{Key}:"), Is.Empty);
    }

    [Test]
    public async Task What_is_there_all_the_time_comes_exactly_once_while_it_is_changed()
    {
        var keys = Enumerable.Range(0, Many).Select(i => $"{Key}:{i}").ToList();
        var records = await Store.SwapManyAsync([.. keys.Select(key => Swapping(expected: 0, "taken", draw: 1, key))], default).Soon();
        using var enough = new CancellationTokenSource();
        var changing = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
                records = await Store.SwapManyAsync([.. records.Select((record, i) => Swapping(record.Version, "renewed", draw: 1, keys[i]))], default).Soon();
        });
        try
        {
            for (var i = 0; i < 5; i++) Assert.That((await List($"{Key}:", Harness.AnotherProcess)).Select(one => one.Key), Is.EquivalentTo(keys));
        }
        finally
        {
            await enough.CancelAsync();
            await changing;
        }
        await Store.SwapManyAsync([.. records.Select((record, i) => Swapping(record.Version, body: "", key: keys[i]))], default).Soon();
    }

    [Test]
    public async Task A_listing_ends_when_it_is_cancelled_or_read_no_further()
    {
        foreach (var i in Enumerable.Range(0, 3)) await Take(key: $"{Key}:{i}");
        using var cancel = new CancellationTokenSource();
        var one = Listable(Store).ListAsync(Key, cancel.Token).GetAsyncEnumerator();
        Assert.That(await one.MoveNextAsync().Soon());
        await one.DisposeAsync();

        await cancel.CancelAsync();
        var none = Listable(Store).ListAsync(Key, cancel.Token).GetAsyncEnumerator();
        await Assert.ThatAsync(async () => await none.MoveNextAsync().Soon(), Throws.InstanceOf<OperationCanceledException>());
        await none.DisposeAsync();
        Assert.That(await List(Key), Has.Count.EqualTo(3), "the store works on");
    }

    private async Task<List<KeyValuePair<string, StoredRecord>>> List(string prefix, ILockStore? store = null)
    {
        var found = new List<KeyValuePair<string, StoredRecord>>();
        await foreach (var one in Listable(store ?? Store).ListAsync(prefix, default)) found.Add(one);
        return found;
    }

    private IListableLockStore Listable(ILockStore store)
    {
        Needs(StoreCapability.Listing);
        return (IListableLockStore)store;
    }
}
