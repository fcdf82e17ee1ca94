namespace GoGoScope.Testing;

/// <summary>Whom a swap wakes hears of it, and nobody else does.</summary>
public abstract class StoreWatchContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    /// <summary>How many characters, of key and body together, news has to carry.</summary>
    private const int LongestNews = 1_000;

    private string _process = "";
    private NotedNews _news = null!;
    private IAsyncDisposable? _watching;

    [SetUp]
    public async Task Watch()
    {
        Needs(StoreCapability.Watching);
        _process = $"process {Harness.NewKey()}";
        _news = new NotedNews();
        _watching = await Store.WatchAsync(_process, _news, default).Soon();
        Assert.That(_watching, Is.Not.Null);
    }

    [TearDown]
    public async Task EndWatching()
    {
        if (_watching is not null) await _watching.DisposeAsync();
        _watching = null;
    }

    [Test]
    public async Task A_wake_brings_the_key_and_the_record([Values] bool fromAnotherProcess)
    {
        var store = fromAnotherProcess ? Harness.AnotherProcess : Store;
        var taken = await Swap(Waking(Swapping(expected: 0, "taken", draw: 1)), store);
        await ExpectAsync(Key, taken);
        var changed = await Swap(Waking(Swapping(taken.Version, "changed α 鍵 \0", draw: 1)), store);
        await ExpectAsync(Key, changed);
        var freed = await Swap(Waking(Swapping(changed.Version, "")), store);
        var news = await _news.NextAsync();
        Assert.That(news.Key, Is.EqualTo(Key));
        Assert.That(news.Record is null or { IsFree: true });
        if (news.Record is { } record) Assert.That((record.Version, record.Fence), Is.EqualTo((freed.Version, freed.Fence)));
    }

    [Test]
    public async Task Only_who_is_named_is_woken()
    {
        var others = new NotedNews();
        await using var watching = await Store.WatchAsync(_process.ToUpperInvariant(), others, default).Soon();
        await Swap(Swapping(expected: 0, "nobody", key: Harness.NewKey()));
        await Swap(Swapping(expected: 0, "the other", key: Harness.NewKey()) with { Wake = [_process.ToUpperInvariant()] });
        await Swap(Swapping(expected: 0, "a stranger", key: Harness.NewKey()) with { Wake = ["nobody knows it"] });
        var both = await Swap(Swapping(expected: 0, "both") with { Wake = [_process, "nobody knows it", _process.ToUpperInvariant()] });
        // Whatever was sent before has come before.
        await ExpectAsync(Key, both);
        string?[] woken = [(await others.NextAsync()).Record?.Body, (await others.NextAsync()).Record?.Body];
        Assert.That(woken, Is.EquivalentTo(["the other", "both"]), "in whatever order they are told here");
    }

    [Test]
    public async Task A_refused_swap_wakes_nobody()
    {
        var taken = await Take();
        await Refused(Waking(Swapping(expected: 0, "refused")));
        await Refused(Waking(Swapping(taken.Version, "late")) with { NotAfter = taken.Now });
        var sentinel = await Swap(Waking(Swapping(taken.Version, "sentinel")));
        await ExpectAsync(Key, sentinel);
    }

    [TestCase(1_000)]
    [TestCase(5_000)]
    [TestCase(100_000)]
    public async Task A_long_body_comes_or_has_to_be_read(int length)
    {
        var taken = await Swap(Waking(Swapping(expected: 0, new string('α', length / 2))));
        await ExpectAsync(Key, taken);
    }

    [TestCase(100, 100)]
    [TestCase(10_240, 100)]
    [TestCase(10_240, 100_000)]
    public async Task Odd_and_long_names_come_as_they_are(int nameLength, int bodyLength)
    {
        var name = $"{Key} '\"\\{{}}鍵\0|:,\n{new string('n', nameLength)}";
        var taken = await Swap(Waking(Swapping(expected: 0, new string('b', bodyLength), key: name)));
        await ExpectAsync(name, taken);
    }

    [Test]
    public async Task Two_who_watch_for_the_same_process_are_both_told_and_leave_by_themselves()
    {
        var second = new NotedNews();
        var leaving = await Store.WatchAsync(_process, second, default).Soon();
        var taken = await Swap(Waking(Swapping(expected: 0, "both")));
        await ExpectAsync(Key, taken);
        Assert.That((await second.NextAsync()).Key, Is.EqualTo(Key));

        await leaving!.DisposeAsync();
        await leaving.DisposeAsync();
        var changed = await Swap(Waking(Swapping(taken.Version, "one")));
        await ExpectAsync(Key, changed);
        Assert.That(second.HasNext, Is.False);
    }

    [Test]
    public async Task A_broken_connection_is_told_and_made_again()
    {
        var known = _news.MissedCount;
        await Harness.CutWatchingAsync();
        await Waiting.Until(() => _news.MissedCount > known, "the watcher is told that it may have missed something");
        // It may be told at once, and again when it listens again.
        var record = await Read();
        await Waiting.Until(
            async () =>
            {
                record = await Swap(Waking(Swapping(record.Version, $"{record.Version}")));
                return await _news.ComesAsync();
            },
            "wakes arrive again");
    }

    [Test]
    public async Task Many_wakes_all_arrive()
    {
        var keys = Enumerable.Range(0, 200).Select(_ => Harness.NewKey()).ToList();
        await Task.WhenAll(keys.Select(key => Swap(Waking(Swapping(expected: 0, "many", key: key)), Harness.AnotherProcess)));
        var woken = new List<string>();
        for (var i = 0; i < keys.Count; i++) woken.Add((await _news.NextAsync()).Key);
        Assert.That(woken, Is.EquivalentTo(keys));
    }

    private LockSwap Waking(LockSwap swap) => swap with { Wake = [_process] };

    private async Task ExpectAsync(string key, StoredRecord record)
    {
        var news = await _news.NextAsync();
        Assert.That(news.Key, Is.EqualTo(key));
        if (news.Record is { } told)
        {
            Assert.That(State(told), Is.EqualTo(State(record)));
            Assert.That(told.Now, Is.InRange(record.Now - Hour, record.Now + Hour));
        }
        else
        {
            Assert.That(key.Length + record.Body.Length, Is.GreaterThan(LongestNews), "only what is too long for the news has to be read");
            Assert.That(State(await Read(key)), Is.EqualTo(State(record)));
        }
    }
}
