using System.Globalization;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>What goes over the wire, counted: a swap is one round trip, whatever comes of it, and so are many at once.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class WireTests(bool withoutReturning)
{
    private const int Times = 20;

    private string _connection = "";
    private CountingProxy _proxy = null!;
    private MySqlLockStore _store = null!;
    private readonly string _prefix = $"wire:{Guid.NewGuid():N}";
    private int _version;

    [OneTimeSetUp]
    public async Task Start()
    {
        _connection = await TestServer.MariaDb.ConnectionAsync();
        _proxy = new CountingProxy(int.Parse(Settings.Get(_connection, "Port"), CultureInfo.InvariantCulture));
        _store = new MySqlLockStore(Settings.With(_connection, ("Port", _proxy.Port), ("Maximum Pool Size", 1)), new MySqlStoreOptions { WithoutReturning = withoutReturning });
        await _store.EnsureSchemaAsync();
        // Connects, looks at the server, and prepares.
        await _store.SwapAsync(Swap("warm", 0, "warm"), default);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_proxy is not null) await _proxy.DisposeAsync();
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
    public async Task Reading_is_one_round_trip()
    {
        var before = _proxy.RoundTrips;
        for (var i = 0; i < Times; i++) await _store.ReadAsync($"{_prefix}:{i}", default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(Times));
    }

    [Test]
    public async Task Many_are_one_round_trip()
    {
        var before = _proxy.RoundTrips;
        await _store.SwapManyAsync([.. Enumerable.Range(0, 20).Select(i => Swap($"many:{i}", 0, "many"))], default);
        // A long text is written in pieces, between which the server may have begun to answer.
        Assert.That(_proxy.RoundTrips - before, Is.InRange(1, 4));
    }

    /// <summary>As an application has it: its driver resets a connection before it is used again, unless it is told not to.</summary>
    [TestCase("", 2)]
    [TestCase("ConnectionReset=false", 1)]
    public async Task On_a_data_source_of_the_application_a_swap_is_one_round_trip_and_another_one_if_the_driver_resets_connections(string setting, int roundTrips)
    {
        await using var application = Driver.Open($"{Settings.With(_connection, ("Port", _proxy.Port), ("Maximum Pool Size", 1))};{setting}");
        await using var store = new MySqlLockStore(application, new MySqlStoreOptions { WithoutReturning = withoutReturning });
        await store.SwapAsync(Swap($"warm:{setting}", 0, "warm"), default);
        await CountsAsync(i => Swap($"application:{setting}:{i}", 0, "taken"), store, roundTrips);
    }

    private async Task CountsAsync(Func<int, LockSwap> swap, MySqlLockStore? store = null, int roundTrips = 1)
    {
        var (before, connections) = (_proxy.RoundTrips, _proxy.Connections);
        for (var i = 0; i < Times; i++) await (store ?? _store).SwapAsync(swap(i), default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(roundTrips * Times), "round trips");
        Assert.That(_proxy.Connections, Is.EqualTo(connections), "connections");
    }

    private async Task<List<StoredRecord>> TakeAsync(string name)
    {
        var taken = new List<StoredRecord>();
        for (var i = 0; i < Times; i++) taken.Add(await _store.SwapAsync(Swap($"{name}:{i}", 0, "taken"), default));
        return taken;
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = $"{_prefix}:{key}", Expected = expected, Version = ++_version, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
