namespace GoGoScope.Testing;

/// <summary>A server that is killed and comes back: what it has answered it still knows, and the store finds it again.</summary>
public abstract class StoreRestartContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    /// <inheritdoc/>
    protected override bool OwnServer => true;

    [Test]
    public async Task A_restart_loses_no_record_no_token_and_no_watcher()
    {
        var news = new NotedNews();
        await using var watching = await Store.WatchAsync("p", news, default).Soon();
        var freed = Harness.NewKey();
        var first = await Take(key: freed);
        await Free(first, key: freed);
        var taken = await Take("before");

        await Harness.RestartAsync();
        var after = await Store.ReadAgainAsync<Exception>(Key);
        Assert.That(State(after), Is.EqualTo(State(taken)));
        var changed = await Swap(Swapping(taken.Version, "after", draw: 1));
        Assert.That(changed.Fence, Is.EqualTo(taken.Fence + 1));
        Assert.That((await Take(key: freed)).Fence, Is.GreaterThan(first.Fence));

        if (watching is null) return;
        await Waiting.Until(() => news.MissedCount > 0, "the watcher is told that it may have missed something");
        await Waiting.Until(
            async () =>
            {
                changed = await Swap(Swapping(changed.Version, "again") with { Wake = ["p"] });
                return await news.ComesAsync();
            },
            "wakes arrive again");
    }
}
