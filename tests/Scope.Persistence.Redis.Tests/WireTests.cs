using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>What goes over the wire, counted: a swap is one command and one round trip, whatever comes of it.</summary>
[TestFixture]
public sealed class WireTests
{
    private const int Times = 20;

    private LocalServer _server = null!;
    private CountingProxy _proxy = null!;
    private RedisLockStore _store = null!;
    private ConnectionMultiplexer _admin = null!;
    private int _version;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Redis.StartOwnAsync();
        _proxy = new CountingProxy(_server.Port);
        _store = await RedisLockStore.ConnectAsync($"127.0.0.1:{_proxy.Port},keepAlive=600,configCheckSeconds=600");
        _admin = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
        // The first use of each script asks and sends more.
        await _store.ReadAsync("warm", default);
        await _store.SwapAsync(Swap("warm", 0, "warm"), default);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_admin is not null) await _admin.CloseAsync();
        if (_proxy is not null) await _proxy.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public Task Taking_is_one_command() => CountsAsync(i => Swap($"take:{i}", 0, "taken"));

    [Test]
    public async Task Releasing_is_one_command()
    {
        var taken = await TakeAsync("release");
        await CountsAsync(i => Swap($"release:{i}", taken[i].Version, ""));
    }

    [Test]
    public async Task Being_refused_is_one_command()
    {
        await TakeAsync("refused");
        await CountsAsync(i => Swap($"refused:{i}", 0, "refused"));
    }

    [Test]
    public async Task Handing_over_and_waking_is_one_command()
    {
        var taken = await TakeAsync("wake");
        await CountsAsync(i => Swap($"wake:{i}", taken[i].Version, "the next one's") with { Wake = ["p1", "p2"] });
    }

    [Test]
    public async Task Many_are_as_many_commands_in_few_round_trips()
    {
        var swaps = Enumerable.Range(0, 100).Select(i => Swap($"many:{i}", 0, "many")).ToList();
        await ResetAsync();
        var before = _proxy.RoundTrips;
        // Whatever is sent before the first answer is one round trip.
        _proxy.HoldRequests();
        var swapping = _store.SwapManyAsync(swaps, default);
        _proxy.PassRequests();
        await swapping;
        Assert.That(_proxy.RoundTrips - before, Is.LessThan(30), "they don't wait for each other");
        Assert.That(await CommandsAsync(), Is.EqualTo(100));
    }

    [Test]
    public async Task Reading_is_one_command()
    {
        await ResetAsync();
        var before = _proxy.RoundTrips;
        for (var i = 0; i < Times; i++) await _store.ReadAsync($"read:{i}", default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(Times));
        Assert.That(await CommandsAsync(), Is.EqualTo(Times));
    }

    private async Task CountsAsync(Func<int, LockSwap> swap)
    {
        await ResetAsync();
        var before = _proxy.RoundTrips;
        for (var i = 0; i < Times; i++) await _store.SwapAsync(swap(i), default);
        Assert.That(_proxy.RoundTrips - before, Is.EqualTo(Times), "round trips");
        Assert.That(await CommandsAsync(), Is.EqualTo(Times), "commands");
    }

    private async Task<List<StoredRecord>> TakeAsync(string name)
    {
        var taken = new List<StoredRecord>();
        for (var i = 0; i < Times; i++) taken.Add(await _store.SwapAsync(Swap($"{name}:{i}", 0, "taken"), default));
        return taken;
    }

    private async Task ResetAsync() => await _admin.GetDatabase().ExecuteAsync("CONFIG", "RESETSTAT");

    /// <summary>How many commands clients have sent that run scripts; those that a script calls are counted by their own names.</summary>
    private async Task<int> CommandsAsync()
    {
        var stats = (string)(await _admin.GetDatabase().ExecuteAsync("INFO", "commandstats"))!;
        return stats.Split('\n').Where(line => line.StartsWith("cmdstat_eval", StringComparison.Ordinal) || line.StartsWith("cmdstat_script", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split("calls=")[1].Split(',')[0], null));
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = key, Expected = expected, Version = ++_version, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
