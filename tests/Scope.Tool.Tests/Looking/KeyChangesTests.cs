namespace GoGoScope.Tool.Tests;

/// <summary>What counts as a change of a key.</summary>
[TestFixture]
public sealed class KeyChangesTests
{
    private readonly LeasedLockProvider _provider = new(new InMemoryLockStore());

    [OneTimeTearDown]
    public async Task Close() => await _provider.DisposeAsync();

    [Test]
    public async Task A_single_key_is_shown_at_first_and_then_when_it_changes()
    {
        var changes = new KeyChanges(_provider, "single");

        Assert.That((await changes.NextAsync()).Single().IsFree);
        Assert.That(await changes.NextAsync(), Is.Empty);
        var guard = await LockOf("single").AcquireAsync();
        Assert.That((await changes.NextAsync()).Single().Holders, Has.Count.EqualTo(1));
        Assert.That(await changes.NextAsync(), Is.Empty);
        await guard.DisposeAsync();
        Assert.That((await changes.NextAsync()).Single().IsFree);
        Assert.That(await changes.NextAsync(), Is.Empty);
    }

    [Test]
    public async Task Of_all_keys_those_are_shown_that_come_change_and_go()
    {
        var changes = new KeyChanges(_provider, key: null);
        var first = await LockOf("first").AcquireAsync();

        Assert.That((await changes.NextAsync()).Select(change => change.Key), Is.EqualTo(["first"]));
        var second = await LockOf("second").AcquireAsync();
        await first.DisposeAsync();
        Assert.That((await changes.NextAsync()).Select(change => (change.Key, change.IsFree)), Is.EqualTo([("first", true), ("second", false)]));
        Assert.That(await changes.NextAsync(), Is.Empty);
        await second.DisposeAsync();
    }

    [Test]
    public async Task A_renewal_is_no_change_and_another_holder_is_one()
    {
        var changes = new KeyChanges(_provider, "renewed");
        var guard = await LockOf("renewed").AcquireAsync();
        await changes.NextAsync();

        await guard.RenewAsync(TimeSpan.FromMinutes(5));
        Assert.That(await changes.NextAsync(), Is.Empty);

        await guard.DisposeAsync();
        guard = await LockOf("renewed").AcquireAsync();
        Assert.That((await changes.NextAsync()).Single().Holders.Single().FencingToken, Is.EqualTo(guard.FencingToken));
        await guard.DisposeAsync();
    }

    [Test]
    public async Task Of_a_key_that_is_listed_twice_the_last_counts()
    {
        var first = new LockInspection("twice", DateTimeOffset.UnixEpoch, [], []) { Problem = "no record" };
        var last = new LockInspection("twice", DateTimeOffset.UnixEpoch, [new InspectedHolder("ada", LockMode.Exclusive, 1) { LastFencingToken = 1 }], []);
        var changes = new KeyChanges(new Listing(first, last), key: null);

        Assert.That((await changes.NextAsync()).Single().Holders.Single().Owner, Is.EqualTo("ada"));
        Assert.That(await changes.NextAsync(), Is.Empty);
    }

    private Lock LockOf(string key) => new(CancellationToken.None, new LockOptions { Provider = _provider, Key = key, TimeToLive = TimeSpan.FromMinutes(1), AutoRenew = false });

    /// <summary>Lists what it is given.</summary>
    private sealed class Listing(params LockInspection[] listed) : ILockProvider
    {
        public string Name => "listing";

        public bool IsDistributed => true;

        public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<LockSnapshot> Snapshot() => [];

        public IAsyncEnumerable<LockInspection> InspectAllAsync(string keyPrefix = "", CancellationToken cancellationToken = default) => listed.ToAsyncEnumerable();
    }
}
