using System.Collections.Concurrent;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>What is sent, counted by the driver: a swap is one command, and who is refused sends a second, to read what there is.</summary>
[TestFixture]
public sealed class WireTests
{
    private const int Times = 20;

    private readonly ConcurrentQueue<string> _sent = new();
    private MongoClient _client = null!;
    private MongoLockStore _store = null!;
    private string _prefix = "";

    [SetUp]
    public async Task Connect()
    {
        var url = new MongoUrl(await TestServer.Mongo.ConnectionAsync());
        var settings = MongoClientSettings.FromUrl(url);
        // Less what new connections say about themselves, to "admin".
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(command =>
        {
            if (command.DatabaseNamespace.DatabaseName == url.DatabaseName) _sent.Enqueue(command.CommandName);
        });
        _client = new MongoClient(settings);
        _store = new MongoLockStore(_client.GetDatabase(url.DatabaseName));
        _prefix = $"wire:{Guid.NewGuid():N}";
        // The first one asks for the time.
        await _store.SwapAsync(Swap("warm", 0, "warm"), default);
        _sent.Clear();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        _client?.Dispose();
    }

    [Test]
    public Task Taking_what_was_never_there_is_one_command() => SendsAsync(i => Swap($"take:{i}", 0, "taken"), "findAndModify");

    [Test]
    public async Task Changing_releasing_and_taking_again_is_one_command_each()
    {
        var taken = await TakeAsync("release");
        var changed = await SendsAsync(i => Swap($"release:{i}", taken[i].Version, "changed"), "findAndModify");
        await SendsAsync(i => Swap($"release:{i}", changed[i].Version, ""), "findAndModify");
        await SendsAsync(i => Swap($"release:{i}", 0, "again"), "findAndModify");
    }

    /// <summary>However often in one millisecond of the server's clock.</summary>
    [Test]
    public async Task One_key_that_is_taken_and_released_over_and_over_is_one_command_each()
    {
        for (var i = 0; i < 100; i++)
        {
            var taken = await _store.SwapAsync(Swap("one", 0, "taken"), default);
            await _store.SwapAsync(Swap("one", taken.Version, ""), default);
        }
        Assert.That(_sent, Has.Count.EqualTo(200).And.All.EqualTo("findAndModify"));
    }

    [Test]
    public async Task Being_refused_is_two_commands()
    {
        await TakeAsync("refused");
        await SendsAsync(i => Swap($"refused:{i}", 0, "refused"), "findAndModify", "aggregate");
        await SendsAsync(i => Swap($"refused:{i}", 12345, "refused"), "findAndModify", "aggregate");
    }

    [Test]
    public async Task Handing_over_and_waking_is_one_command()
    {
        var taken = await TakeAsync("wake");
        await SendsAsync(i => Swap($"wake:{i}", taken[i].Version, "the next one's") with { Wake = ["p1", "p2"] }, "findAndModify");
    }

    [Test]
    public async Task Reading_is_one_command()
    {
        await TakeAsync("read");
        for (var i = 0; i < Times; i++) await _store.ReadAsync($"{_prefix}:read:{i}", default);
        Assert.That(_sent, Has.Count.EqualTo(Times).And.All.EqualTo("aggregate"));
    }

    [Test]
    public async Task Many_are_as_many_commands()
    {
        await _store.SwapManyAsync([.. Enumerable.Range(0, 100).Select(i => Swap($"many:{i}", 0, "many"))], default);
        Assert.That(_sent, Has.Count.EqualTo(100).And.All.EqualTo("findAndModify"));
    }

    private async Task<List<StoredRecord>> SendsAsync(Func<int, LockSwap> swap, params string[] each)
    {
        _sent.Clear();
        var answers = new List<StoredRecord>();
        for (var i = 0; i < Times; i++) answers.Add(await _store.SwapAsync(swap(i), default));
        Assert.That(_sent, Is.EqualTo(Enumerable.Repeat(each, Times).SelectMany(commands => commands)));
        return answers;
    }

    private async Task<List<StoredRecord>> TakeAsync(string name)
    {
        var taken = new List<StoredRecord>();
        for (var i = 0; i < Times; i++) taken.Add(await _store.SwapAsync(Swap($"{name}:{i}", 0, "taken"), default));
        _sent.Clear();
        return taken;
    }

    private LockSwap Swap(string key, long expected, string body) =>
        new() { Key = $"{_prefix}:{key}", Expected = expected, Version = Random.Shared.NextInt64(1, long.MaxValue), Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
