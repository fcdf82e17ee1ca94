using System.Globalization;
using System.Text.Json;
using GoGoScope.Testing;
using GoGoScope.Tests.Leases.HandOver;

namespace GoGoScope.Tests.Inspection;

/// <summary>What is shown of keys, beside what the contract asks of every provider.</summary>
public sealed class InspectionTests : HandOverFixture
{
    [Test]
    public async Task A_record_is_shown_in_words_and_as_json()
    {
        await using var guard = await Take(Here, new LockOptions { Owner = "orders \"ä\"", TimeToLive = TimeSpan.FromSeconds(20) });
        await PassAsync(TimeSpan.FromMilliseconds(500));
        var waiting = await QueueAsync(There, new LockOptions { Owner = "billing" }, priority: 3);

        var seen = await There.InspectAsync(Key);
        var token = guard.FencingToken;
        Assert.That(seen.ToString(), Is.EqualTo(
            $"""
            Lock "key"
              held by orders "ä", exclusive, token {token}, process {Here.Process}, since {Second(seen.At.AddSeconds(-0.5))}, 19.5 s left
              waited for by billing, exclusive, priority 3, passed over 0 times, process {There.Process}, since {Second(seen.At)}
            """));
        var (at, since, expires) = (Json(seen.At), Json(seen.At.AddSeconds(-0.5)), Json(seen.Holders[0].ExpiresAt!.Value));
        Assert.That(seen.ToJson(), Is.EqualTo(
            $$"""
            {"key":"key","at":"{{at}}","holders":[{"owner":"orders \"ä\"","mode":"exclusive","fencingToken":{{token}},"lastFencingToken":{{token}},"process":"{{Here.Process}}","since":"{{since}}","expiresAt":"{{expires}}","remainingSeconds":19.5}],"waiters":[{"owner":"billing","mode":"exclusive","priority":3,"passedOver":0,"process":"{{There.Process}}","since":"{{at}}"}]}
            """));
        using var many = JsonDocument.Parse(LockInspection.ToJson([seen, seen]));
        Assert.That(many.RootElement.GetArrayLength(), Is.EqualTo(2));
        await ReleaseAsync(guard);
        await ReleaseAsync(await waiting);
    }

    [Test]
    public async Task A_table_has_a_line_for_each_and_none_of_them_breaks()
    {
        var provider = new InMemoryLockProvider();
        await using var one = await LockOf(provider, new LockOptions { Owner = "a\nb" }).AcquireReadAsync();
        await using var two = await LockOf(provider, new LockOptions { Owner = "c" }).AcquireReadAsync();
        var waiting = LockOf(provider, new LockOptions { Owner = "d" }).AcquireAsync(new AcquireOptions { Priority = -1 }).AsTask();

        var table = LockInspection.ToTable([await provider.InspectAsync(Key), await provider.InspectAsync("free")]);
        var lines = table.TrimEnd('\n').Split('\n');
        Assert.That(lines, Has.Length.EqualTo(5));
        Assert.That(lines[0], Does.StartWith("KEY").And.EndsWith("LEASE"));
        Assert.That(lines[1], Does.StartWith("key ").And.Contain("held").And.Contain("a\uFFFDb").And.Contain($"token {one.FencingToken}").Or.Contain($"token {two.FencingToken}"));
        Assert.That(lines[2], Does.StartWith("  "), "the key stands on its first line");
        Assert.That(lines[3], Does.Contain("waits").And.Contain("priority -1, passed over 0 times"));
        Assert.That(lines[4], Does.StartWith("free"));
        await one.DisposeAsync();
        await two.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [Test]
    public async Task A_lease_in_memory_that_ends_by_itself_says_when_and_others_say_that_they_do_not()
    {
        var provider = new InMemoryLockProvider();
        var options = new LockOptions { TimeToLive = TimeSpan.FromSeconds(20), AutoRenew = false, TimeProvider = Time };
        await using var ending = await LockOf(provider, options).AcquireReadAsync();
        await using var endless = await LockOf(provider).AcquireReadAsync();
        Time.Advance(TimeSpan.FromSeconds(5));
        var holders = (await provider.InspectAsync(Key)).Holders.OrderBy(holder => holder.FencingToken).ToList();
        Assert.That(holders[0].Remaining, Is.EqualTo(TimeSpan.FromSeconds(15)));
        Assert.That(holders[0].ExpiresAt, Is.Not.Null);
        Assert.That((holders[1].Remaining, holders[1].ExpiresAt), Is.EqualTo(((TimeSpan?)null, (DateTimeOffset?)null)));
        Assert.That(holders[1].ToString(), Does.EndWith("no end"));
    }

    [Test]
    public async Task A_lease_that_has_ended_is_shown_until_others_evict_it()
    {
        var options = new LockOptions { Owner = "gone", TimeToLive = TimeSpan.FromSeconds(20), AutoRenew = false };
        var gone = await LockOf(Here, options).AcquireReadAsync();
        var other = await LockOf(There, options with { Owner = "other", TimeToLive = TimeSpan.FromMinutes(10) }).AcquireReadAsync();
        Store.SwapFailure = new InvalidOperationException("its process has died");
        await PassAsync(TimeSpan.FromSeconds(21));
        var holders = (await There.InspectAsync(Key)).Holders.ToDictionary(holder => holder.Owner);
        Assert.That(holders["gone"].Remaining, Is.EqualTo(TimeSpan.Zero));
        Assert.That(holders["gone"].ToString(), Does.EndWith("its lease has ended"));
        Assert.That(holders["other"].Remaining, Is.EqualTo(TimeSpan.FromSeconds(579)));
        Store.SwapFailure = null;
        await gone.DisposeAsync();
        await other.DisposeAsync();
    }

    [Test]
    public async Task What_is_no_record_is_shown_as_a_problem_and_can_be_removed()
    {
        var store = new InMemoryLockStore(Time);
        await using var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = Time });
        store.Plant("lock:broken", version: 17, fence: 1, "no record", keepUntil: long.MaxValue);
        var seen = await provider.InspectAsync("broken");
        Assert.That((seen.IsFree, seen.Holders.Count), Is.EqualTo((false, 0)));
        Assert.That(seen.Problem, Does.Contain("no record"));
        Assert.That(LockInspection.ToTable([seen]), Does.Contain("no record"));

        Assert.That((await provider.ForceReleaseAsync("broken")).Problem, Is.EqualTo(seen.Problem));
        Assert.That((await provider.InspectAsync("broken")).IsFree);
    }

    [Test]
    public async Task A_store_that_fails_is_named_with_the_key()
    {
        Store.Failure = new InvalidOperationException("out of order");
        foreach (var ask in new Func<Task>[] { () => Here.InspectAsync("k1").AsTask(), () => Here.ForceReleaseAsync("k1") })
        {
            var error = (await Assert.ThrowsAsync<LockProviderException>(async () => await ask()))!;
            Assert.That((error.Key, error.Store), Is.EqualTo(("k1", Store.Name)));
            Assert.That(error.Message, Does.Contain("out of order"));
        }
    }

    [Test]
    public void A_store_that_cannot_be_listed_says_so_at_once()
    {
        var error = Assert.Throws<NotSupportedException>(() => Here.InspectAllAsync())!;
        Assert.That(error.Message, Does.Contain(nameof(IListableLockStore)).And.Contain(Store.Name));
    }

    [Test]
    public async Task A_listing_that_hangs_ends_after_the_store_timeout()
    {
        await using var provider = new LeasedLockProvider(new HangingStore(Time), new LeaseOptions { TimeProvider = Time });
        var listing = provider.InspectAllAsync().GetAsyncEnumerator();
        var next = listing.MoveNextAsync().AsTask();
        Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.That(next.IsCompleted, Is.False);
        Time.Advance(TimeSpan.FromSeconds(0.2));
        var error = (await Assert.ThrowsAsync<LockProviderException>(async () => await next.Soon()))!;
        Assert.That(error.Message, Does.Contain("no answer within 5 s"));
        await listing.DisposeAsync();
    }

    /// <summary>Answers everything but a listing.</summary>
    private sealed class HangingStore(TimeProvider time) : IListableLockStore
    {
        private readonly InMemoryLockStore _store = new(time);

        public string Name => "hanging";

        public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) => _store.SwapAsync(swap, cancellationToken);

        public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => _store.SwapManyAsync(swaps, cancellationToken);

        public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => _store.ReadAsync(key, cancellationToken);

        public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => _store.WatchAsync(process, watcher, cancellationToken);

        public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            yield break;
        }
    }

    private static string Json(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    private static string Second(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
