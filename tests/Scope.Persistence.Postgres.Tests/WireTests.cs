using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>What goes over the wire, counted: a swap is one round trip, whatever comes of it, and so are many at once.</summary>
[TestFixture(null, PostgresDurability.Durable)]
[TestFixture(null, PostgresDurability.Fast)]
[TestFixture(false, PostgresDurability.Durable)]
[TestFixture(true, PostgresDurability.Fast)]
public sealed class WireTests(bool? prepare, PostgresDurability durability)
{
    private const int Times = 20;

    private LocalServer _server = null!;
    private CountingProxy _proxy = null!;
    private PostgresLockStore _store = null!;
    private int _version;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Postgres.StartOwnAsync();
        _proxy = new CountingProxy(_server.Port);
        _store = new PostgresLockStore(new NpgsqlConnectionStringBuilder(_server.Connection) { Port = _proxy.Port, MaxPoolSize = 1 }.ConnectionString, new PostgresStoreOptions { PrepareStatements = prepare, Durability = durability, LongestTimeToLive = TimeSpan.MaxValue });
        await _store.EnsureSchemaAsync();
        // Connects, hears who answers, and prepares all statements if they are to be.
        await _store.ReadAsync("warm", default);
        var taken = await _store.SwapAsync(Swap("warm", 0, "taken") with { Wake = ["p"] }, default);
        await _store.SwapAsync(Swap("warm", taken.Version, "") with { Wake = ["p"] }, default);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_proxy is not null) await _proxy.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public Task Taking_what_was_never_there_is_one_round_trip() => CountsAsync(i => Swap($"take:{i}", 0, "taken"));

    [Test]
    public async Task Releasing_and_taking_again_is_one_round_trip_each()
    {
        var taken = await TakeAsync("release");
        await CountsAsync(i => Swap($"release:{i}", taken[i].Version, ""));
        await CountsAsync(i => Swap($"release:{i}", 0, "again"));
    }

    [Test]
    public async Task Being_refused_is_one_round_trip()
    {
        await TakeAsync("refused");
        await CountsAsync(i => Swap($"refused:{i}", 0, "refused"));
        await CountsAsync(i => Swap($"refused:{i}", 12345, "refused"));
    }

    [Test]
    public async Task Handing_over_and_waking_is_one_round_trip()
    {
        var taken = await TakeAsync("wake");
        await CountsAsync(i => Swap($"wake:{i}", taken[i].Version, "the next one's") with { Wake = ["p1", "p2"] });
    }

    [Test]
    public async Task Reading_is_one_round_trip()
    {
        var before = _proxy.RoundTrips;
        for (var i = 0; i < Times; i++) await _store.ReadAsync($"read:{i}", default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(Times));
    }

    [Test]
    public async Task Many_are_one_round_trip()
    {
        var before = _proxy.RoundTrips;
        await _store.SwapManyAsync([.. Enumerable.Range(0, 20).Select(i => Swap($"many:{i}", 0, "many"))], default);
        // A long batch is written in pieces, between which the server may have begun to answer.
        Assert.That(_proxy.RoundTrips - before, Is.InRange(1, 4));
    }

    [Test]
    public async Task Nothing_that_is_sent_leaves_a_warning_in_the_servers_log()
    {
        for (var i = 0; i < 3; i++) await _store.SwapManyAsync([Swap($"quiet:{i}", 0, "many") with { Wake = ["p"] }, Swap($"still:{i}", 0, "many")], default);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_server.Folder, "log")), Does.Not.Contain("WARNING"));
    }

    private async Task CountsAsync(Func<int, LockSwap> swap)
    {
        var (before, connections) = (_proxy.RoundTrips, _proxy.Connections);
        for (var i = 0; i < Times; i++) await _store.SwapAsync(swap(i), default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(Times), "round trips");
        Assert.That(_proxy.Connections, Is.EqualTo(connections), "connections");
    }

    private async Task<List<StoredRecord>> TakeAsync(string name)
    {
        var taken = new List<StoredRecord>();
        for (var i = 0; i < Times; i++) taken.Add(await _store.SwapAsync(Swap($"{name}:{i}", 0, "taken"), default));
        return taken;
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = key, Expected = expected, Version = ++_version, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
