using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Persistence.Mongo;

/// <summary>The commands, sent to one collection with the settings that locks need, and what their errors mean.</summary>
internal sealed class Database
{
    private const int PageSize = 500;
    private const int DuplicateKey = 11000;
    private const int CommandNotFound = 59;
    private const int NotPrimaryOrSecondary = 13436;

    // Without the majority a read waits for it, and a change for being acknowledged, for as long as the server lets it, on a connection of the pool. Whoever
    // asked is told after LeaseOptions.StoreTimeout that nothing was heard, by default after as long as this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly IMongoDatabase _database;
    private readonly IMongoCollection<BsonDocument> _locks;
    private readonly KnownClock _clock;
    private volatile bool _hasNoHello;
    private volatile bool _hasMajority;

    internal Database(IMongoDatabase database, string collection, KnownClock clock)
    {
        _database = database;
        _clock = clock;
        // Whatever the client's own are: what is answered has to survive the server, and a secondary may be behind.
        _locks = database.GetCollection<BsonDocument>(collection, new MongoCollectionSettings
        {
            WriteConcern = new WriteConcern(WriteConcern.WMajority.W, wTimeout: LongestWait, journal: true),
            ReadConcern = ReadConcern.Majority,
            ReadPreference = ReadPreference.Primary,
        });
    }

    internal IMongoCollection<BsonDocument> Locks => _locks;

    // What a primary has done counts here, also before the majority has heard of it; then the read waits for that. A single server knows no such read,
    // and the driver takes for one whatever it is told to connect to directly.
    private IMongoCollection<BsonDocument> Latest => _hasMajority ? _locks.WithReadConcern(ReadConcern.Linearizable) : _locks;

    /// <summary>The document as it is after <paramref name="statement"/>; null if it found none that fits.</summary>
    /// <exception cref="MongoException">Whether it was done is not known, also if the majority has not acknowledged it in time.</exception>
    internal async Task<StoredDocument?> ChangeAsync(Statement statement, CancellationToken cancellationToken)
    {
        var sent = _clock.Now;
        try
        {
            var options = new FindOneAndUpdateOptions<BsonDocument>
            {
                IsUpsert = statement.IsUpsert,
                ReturnDocument = ReturnDocument.After,
                MaxTime = statement.LongestTime,
            };
            var after = await _locks.FindOneAndUpdateAsync<BsonDocument>(
                Documents.From(statement.Filter), Documents.From(statement.Update), options, cancellationToken).ConfigureAwait(false);
            return after is null ? null : Heard(Documents.Parse(after), sent);
        }
        catch (MongoCommandException e) when (statement.IsUpsert && e.Code == DuplicateKey)
        {
            // There is one, and it does not fit: somebody was quicker.
            return null;
        }
        catch (MongoException e) when (IsNoPrimary(e))
        {
            throw ReadOnly(e);
        }
    }

    /// <summary>The document of <paramref name="key"/>, if there is one, and the clock at that time; if there is none, a clock of before.</summary>
    internal async Task<(StoredDocument? Document, long Now)> ReadAsync(string key, CancellationToken cancellationToken)
    {
        await AskForClockOnceAsync(cancellationToken).ConfigureAwait(false);
        if (await FindAsync(key, cancellationToken).ConfigureAwait(false) is { } found) return found;
        // Nothing says no time. The clock has to be that of before it was seen that there is nothing: what comes in between would be taken for what
        // never came.
        var now = await ReadClockAsync(cancellationToken).ConfigureAwait(false);
        return await FindAsync(key, cancellationToken).ConfigureAwait(false) ?? ((StoredDocument?)null, now);
    }

    private async Task<(StoredDocument? Document, long Now)?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var sent = _clock.Now;
        try
        {
            var found = await Latest.Aggregate(new AggregateOptions { MaxTime = LongestWait })
                .Match(new BsonDocument(Fields.Id, key))
                .AppendStage<BsonDocument>(new BsonDocument("$addFields", new BsonDocument(Fields.Now, "$$NOW")))
                .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
            if (found is null) return null;
            var document = Documents.Parse(found);
            var now = Documents.Time(found[Fields.Now]);
            _clock.Hear(now, sent, document.Fence);
            return (document, now);
        }
        catch (MongoException e) when (IsNoPrimary(e))
        {
            throw ReadOnly(e);
        }
    }

    /// <summary>
    /// Some of the documents whose keys begin with <paramref name="prefix"/> and that may not be free, in the order of keys, after the key
    /// <paramref name="after"/> if there is one; and the last of these keys, null if none comes after it.
    /// </summary>
    internal async Task<(List<(string Key, StoredDocument Document, long Now)> Found, string? Last)> ReadPageAsync(string prefix, string? after, CancellationToken cancellationToken)
    {
        await AskForClockOnceAsync(cancellationToken).ConfigureAwait(false);
        var from = after is null ? new BsonDocument("$gte", prefix) : new BsonDocument("$gt", after);
        List<BsonDocument> page;
        try
        {
            page = await _locks.Aggregate()
                .Match(new BsonDocument { { Fields.Id, from }, { Fields.Body, new BsonDocument("$ne", "") } })
                .Sort(new BsonDocument(Fields.Id, 1))
                .Limit(PageSize)
                .AppendStage<BsonDocument>(new BsonDocument("$addFields", new BsonDocument(Fields.Now, "$$NOW")))
                .ToListAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (MongoException e) when (IsNoPrimary(e))
        {
            throw ReadOnly(e);
        }
        // The order is that of bytes, so those with the prefix stand together.
        var found = page.Select(static document => (Key: document[Fields.Id].AsString, Document: document))
            .TakeWhile(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(static one => (one.Key, Documents.Parse(one.Document), Documents.Time(one.Document[Fields.Now])))
            .ToList();
        return (found, found.Count < PageSize ? null : found[^1].Key);
    }

    /// <summary>Before the first command. Also says what the server is.</summary>
    internal async ValueTask AskForClockOnceAsync(CancellationToken cancellationToken)
    {
        if (!_clock.IsKnown) await ReadClockAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The server's clock.</summary>
    /// <exception cref="InvalidOperationException">It can't be written to. The driver would find that out as well, but then it forgets the server for a while.</exception>
    private async Task<long> ReadClockAsync(CancellationToken cancellationToken)
    {
        var sent = _clock.Now;
        var says = await GreetAsync(cancellationToken).ConfigureAwait(false);
        if (says.TryGetValue("isWritablePrimary", out var isPrimary) || says.TryGetValue("ismaster", out isPrimary))
        {
            if (!isPrimary.ToBoolean()) throw ReadOnly(inner: null);
        }
        _hasMajority = Deployment.HasMajority(Text("setName"), Text("msg"));
        var now = Documents.Time(says["localTime"]);
        _clock.Hear(now, sent);
        return now;

        string? Text(string field) => says.TryGetValue(field, out var value) && value.IsString ? value.AsString : null;
    }

    private async Task<BsonDocument> GreetAsync(CancellationToken cancellationToken)
    {
        if (!_hasNoHello)
        {
            try
            {
                return await RunAsync("hello").ConfigureAwait(false);
            }
            catch (MongoCommandException e) when (e.Code == CommandNotFound)
            {
                _hasNoHello = true;
            }
        }
        return await RunAsync("isMaster").ConfigureAwait(false);

        Task<BsonDocument> RunAsync(string command) =>
            _database.RunCommandAsync<BsonDocument>(new BsonDocument(command, 1), ReadPreference.Primary, cancellationToken);
    }

    private StoredDocument Heard(StoredDocument document, long sent)
    {
        _clock.Hear(document.At, sent, document.Fence);
        return document;
    }

    private static bool IsNoPrimary(MongoException e) => e is MongoNotPrimaryException or MongoNodeIsRecoveringException { Code: NotPrimaryOrSecondary };

    private InvalidOperationException ReadOnly(MongoException? inner) =>
        new($"The server that was asked for {_locks.CollectionNamespace} is a read-only secondary, and locks have to be written: connect to the replica set (replicaSet=…), or to its primary.", inner);
}
