using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>What is MongoDB's own: claims that come late, documents that stay, the index, settings of the application, wrong collections.</summary>
[TestFixture]
public sealed class MongoStoreTests
{
    private const long Hour = 3_600_000_000;

    private string _connection = "";
    private string _databaseName = "";
    private MongoClient _client = null!;
    private MongoLockStore _store = null!;
    private string _key = "";

    private IMongoDatabase Database => _client.GetDatabase(_databaseName);

    private IMongoCollection<BsonDocument> Locks => Database.GetCollection<BsonDocument>("gogoscope_locks");

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.Mongo.ConnectionAsync();
        var url = new MongoUrl(_connection);
        _databaseName = url.DatabaseName;
        _client = new MongoClient(url);
        _store = new MongoLockStore(Database);
        _key = $"mongo:{Guid.NewGuid():N}";
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_store is not null) await _store.DisposeAsync();
        _client?.Dispose();
    }

    // ---- claims ----

    [Test]
    public async Task A_claim_that_comes_too_late_leaves_a_free_record_that_can_be_taken_by_whoever_comes([Values] bool usedBefore, [Values] bool expectsVersion)
    {
        var before = usedBefore ? await UseAsync() : await _store.ReadAsync(_key, default);
        var late = Swap(0, "late") with { NotAfter = before.Now };
        var refused = await _store.SwapAsync(late, default);
        AssertIsThere(refused);
        var document = await Locks.Find(new BsonDocument("_id", _key)).SingleAsync();
        Assert.That(document["version"].ToInt64(), Is.EqualTo(late.Version), "the claim stands there, void");

        await using var another = new MongoLockStore(_connection);
        AssertIsThere(await another.ReadAsync(_key, default));
        var next = Swap(expectsVersion ? before.Version : 0, "next") with { Draw = 1 };
        var taken = await another.SwapAsync(next, default);
        Assert.That((taken.Version, taken.Body), Is.EqualTo((next.Version, "next")));
        Assert.That(taken.Fence, Is.GreaterThan(refused.Fence).And.GreaterThan(before.Fence));
        document = await Locks.Find(new BsonDocument("_id", _key)).SingleAsync();
        Assert.That(document.Names, Has.No.Member("until").And.No.Member("from"));

        // Tokens may have come up to the clock, but none was drawn.
        void AssertIsThere(StoredRecord record)
        {
            Assert.That((record.Version, record.Body), Is.EqualTo((before.Version, "")));
            if (usedBefore) Assert.That(record.Fence, Is.InRange(before.Fence, Math.Max(before.Fence, record.Now)));
            else Assert.That(record.Fence, Is.Zero);
        }
    }

    [Test]
    public async Task A_claim_that_came_late_is_not_taken_for_the_record_by_whoever_expects_its_version()
    {
        var late = Swap(0, "late") with { NotAfter = 1 };
        await _store.SwapAsync(late, default);
        Assert.That((await _store.SwapAsync(Swap(late.Version, "after it"), default)).Version, Is.Zero);
    }

    [Test]
    public async Task A_claim_of_a_process_whose_clock_has_stood_still_is_done_again_with_the_right_time()
    {
        // What it has heard of the clock is of two hours ago; the server says it in every answer.
        var before = await _store.ReadAsync(_key, default);
        var clock = new KnownClock(TimeProvider.System);
        clock.Hear(before.Now - (2 * Hour), nowWhenSent: 0);
        var database = new Database(Database, "gogoscope_locks", clock);
        var claim = (await database.ChangeAsync(Statements.Claim(Swap(0, "old"), clock.Floor), default))!.Value;
        Assert.That(claim.IsVoid);
        var taken = await _store.SwapAsync(Swap(0, "new") with { Draw = 1 }, default);
        Assert.That(taken.Fence, Is.GreaterThan(before.Now));
    }

    /// <summary>Otherwise its sender would take it for one that never came.</summary>
    [Test]
    public async Task A_claim_that_comes_while_it_is_looked_for_is_seen_or_is_later_than_the_clock_that_is_told()
    {
        var settings = MongoClientSettings.FromConnectionString(_connection);
        StoredRecord? claimed = null;
        var isLookedFor = false;
        // Between the read that finds nothing and whatever comes after it.
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(command =>
        {
            if (command.CommandName is "hello" or "isMaster" && isLookedFor) claimed ??= _store.SwapAsync(Swap(0, "claimed"), default).AsTask().GetAwaiter().GetResult();
        });
        using var client = new MongoClient(settings);
        await using var store = new MongoLockStore(client.GetDatabase(_databaseName));
        await store.ReadAsync(_key, default);
        isLookedFor = true;
        var read = await store.ReadAsync(_key, default);
        Assert.That(claimed, Is.Not.Null);
        Assert.That(read.Body == "claimed" || read.Now < claimed!.Value.Now, $"{read} was read, and {claimed} was there");
    }

    // ---- documents ----

    [Test]
    public async Task A_free_document_stays_and_is_forgotten_a_day_after_it_was_needed()
    {
        await _store.EnsureSchemaAsync();
        var freed = await UseAsync();
        var document = await Locks.Find(new BsonDocument("_id", _key)).SingleAsync();
        Assert.That(document["body"].AsString, Is.Empty);
        Assert.That(Documents.Time(document["forget"]), Is.InRange(freed.Now, freed.Now + Hour + 1_000));
        using var indexes = await Locks.Indexes.ListAsync();
        var index = (await indexes.ToListAsync()).Single(one => one["name"] == "forget");
        Assert.That((index["key"].AsBsonDocument.Names.Single(), index["expireAfterSeconds"].ToInt32()), Is.EqualTo(("forget", 86_400)));
    }

    [Test]
    public async Task Ten_processes_may_create_the_collection_at_once()
    {
        var options = new MongoStoreOptions { Collection = $"locks {Guid.NewGuid():N}" };
        var stores = Enumerable.Range(0, 10).Select(_ => new MongoLockStore(_connection, options)).ToList();
        await Task.WhenAll(stores.Select(store => store.EnsureSchemaAsync())).Soon();
        await stores[0].EnsureSchemaAsync();
        Assert.That((await stores[1].SwapAsync(Swap(0, "taken"), default)).Body, Is.EqualTo("taken"));
        foreach (var store in stores) await store.DisposeAsync();
        await Database.DropCollectionAsync(options.Collection);
    }

    [Test]
    public async Task Locks_work_in_a_collection_that_nobody_has_created()
    {
        var options = new MongoStoreOptions { Collection = $"locks {Guid.NewGuid():N}" };
        await using var store = new MongoLockStore(Database, options);
        Assert.That((await store.ReadAsync(_key, default)).Version, Is.Zero);
        Assert.That((await store.SwapAsync(Swap(0, "taken"), default)).Body, Is.EqualTo("taken"));
        await Database.DropCollectionAsync(options.Collection);
    }

    [Test]
    public async Task What_is_no_lock_is_named()
    {
        await Locks.InsertOneAsync(new BsonDocument { ["_id"] = _key, ["name"] = "not ours" });
        await Assert.ThatAsync(() => _store.ReadAsync(_key, default).Soon(), Throws.TypeOf<FormatException>().With.Message.Contains(_key));
        await Locks.DeleteOneAsync(new BsonDocument("_id", _key));
    }

    // ---- no majority that answers ----

    /// <summary>It is done where it was sent to, and may be undone: the record alone can tell.</summary>
    [Test]
    public async Task A_lock_whose_swap_no_majority_has_acknowledged_in_time_is_granted_by_what_is_read()
    {
        var unacknowledged = Unacknowledged.First(Database);
        await using var provider = new MongoLockProvider(unacknowledged);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        await using var guard = await scope.AcquireLockAsync(_key).Soon();
        Assert.That(((Unacknowledged)unacknowledged).Count, Is.EqualTo(1));
        var record = await _store.ReadAsync($"lock:{_key}", default);
        Assert.That(record.Body, Does.Contain("holders").And.Not.Contain("waiters"));
        Assert.That(record.Fence, Is.EqualTo(guard.FencingToken));
    }

    // ---- settings of the application ----

    [Test]
    public async Task Whatever_the_client_is_set_to_the_majority_acknowledges_and_the_primary_is_read()
    {
        var sent = new ConcurrentQueue<BsonDocument>();
        var settings = MongoClientSettings.FromConnectionString(With("w=0&readPreference=secondaryPreferred&readConcernLevel=available"));
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(command => sent.Enqueue(command.Command.DeepClone().AsBsonDocument));
        using var client = new MongoClient(settings);
        await using var store = new MongoLockStore(client.GetDatabase(_databaseName));
        var taken = await store.SwapAsync(Swap(0, "taken"), default);
        await store.ReadAsync(_key, default);
        Assert.That(taken.Body, Is.EqualTo("taken"));
        var swap = sent.Single(command => command.Contains("findAndModify"));
        Assert.That(swap["writeConcern"], Is.EqualTo(new BsonDocument { ["w"] = "majority", ["wtimeout"] = 5_000, ["j"] = true }));
        var read = sent.Single(command => command.Contains("aggregate"));
        var greeting = await Database.RunCommandAsync<BsonDocument>(new BsonDocument("isMaster", 1));
        Assert.That(read["readConcern"], Is.EqualTo(new BsonDocument("level", greeting.Contains("setName") ? "linearizable" : "majority")));
        // Where no majority answers it would wait for ever.
        Assert.That((read["maxTimeMS"].ToInt32(), swap.Contains("maxTimeMS")), Is.EqualTo((5_000, true)));
        // With one server there is none to choose, and the driver sends "primaryPreferred".
        Assert.That(read.TryGetValue("$readPreference", out var preference) ? preference["mode"].AsString : "primary", Does.StartWith("primary"));
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("mongodb://localhost:27017")]
    public void A_connection_string_without_a_database_is_refused(string connection)
    {
        Assert.That(() => new MongoLockStore(connection), Throws.ArgumentException);
        Assert.That(() => new MongoLockProvider(connection), Throws.ArgumentException);
    }

    [Test]
    public async Task Who_may_have_one_connection_only_looks_rather_than_to_keep_it()
    {
        await using var store = new MongoLockStore(With("maxPoolSize=1"));
        Assert.That(await store.WatchAsync("p", new Nobody(), default), Is.Null);
    }

    // ---- sharing ----

    [Test]
    public async Task What_a_provider_was_given_is_left_open_and_what_it_has_made_it_closes()
    {
        var provider = new MongoLockProvider(Database);
        await using (var scope = Scope.Create(new ScopeOptions { LockProvider = provider })) await (await scope.AcquireLockAsync(_key)).DisposeAsync();
        await provider.DisposeAsync();
        Assert.That((await _store.ReadAsync(_key, default)).Now, Is.Positive, "the client works");

        var own = new MongoLockStore(_connection);
        await own.ReadAsync(_key, default);
        await own.DisposeAsync();
        await own.DisposeAsync();
        await Assert.ThatAsync(() => own.ReadAsync(_key, default).Soon(), Throws.TypeOf<ObjectDisposedException>());
    }

    /// <summary>Takes the key and frees it.</summary>
    private async Task<StoredRecord> UseAsync()
    {
        var taken = await _store.SwapAsync(Swap(0, "used") with { Draw = 1 }, default);
        return await _store.SwapAsync(Swap(taken.Version, ""), default);
    }

    private LockSwap Swap(long expected, string body)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return new() { Key = _key, Expected = expected, Version = Random.Shared.NextInt64(1, long.MaxValue), Body = body, NotAfter = long.MaxValue, KeepUntil = now + Hour };
    }

    private string With(string options) => $"{_connection}{(_connection.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{options}";

    private static StoredRecord State(StoredRecord record) => record with { Now = 0 };

    private sealed class Nobody : IStoreWatcher
    {
        public void Woken(string key, StoredRecord? record)
        {
        }

        public void Missed()
        {
        }
    }
}
