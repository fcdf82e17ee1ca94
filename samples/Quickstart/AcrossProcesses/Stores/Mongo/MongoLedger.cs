using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace GoGoScope.Quickstart;

/// <summary>
/// The ledger in MongoDB: one document for the books of a run. A change of one document is all or nothing on every server, and one
/// of several only on a replica set. It holds some hundred thousand orders, then MongoDB refuses it.
/// </summary>
internal sealed class MongoLedger(IMongoDatabase database, string collection) : ISharedLedger
{
    private static readonly FilterDefinition<BsonDocument> Books = new BsonDocument("_id", "books");

    private readonly IMongoCollection<BsonDocument> _books = database.GetCollection<BsonDocument>(collection)
        .WithWriteConcern(new WriteConcern("majority", journal: true)).WithReadPreference(ReadPreference.Primary).WithReadConcern(ReadConcern.Majority);

    public Task CreateAsync(CancellationToken cancellationToken) =>
        _books.InsertOneAsync(new BsonDocument { ["_id"] = "books", ["accounts"] = new BsonDocument(), ["journal"] = new BsonArray() }, cancellationToken: cancellationToken);

    public async Task<OpenAccount> OpenAsync(string key, long token)
    {
        var name = NameOf(key);
        var opened = await _books.FindOneAndUpdateAsync(
            Books & new BsonDocument($"accounts.{name}.fence", new BsonDocument("$lte", token)),
            new BsonDocument("$set", new BsonDocument($"accounts.{name}.fence", token)),
            new FindOneAndUpdateOptions<BsonDocument> { ReturnDocument = ReturnDocument.After, Projection = new BsonDocument($"accounts.{name}", 1) });
        return opened is null ? throw new StaleWriterException(key, token) : new OpenAccount(key, token, AccountIn(opened["accounts"][name]));
    }

    public async Task<bool> WasProcessedAsync(string webhookId) =>
        await _books.CountDocumentsAsync(Books & new BsonDocument("journal.webhook", webhookId)) > 0;

    public async Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product)
    {
        var update = new BsonDocument("$push", new BsonDocument("journal", new BsonDocument { ["webhook"] = entry.Order.WebhookId, ["outcome"] = $"{entry.Outcome}" }));
        if (entry.Outcome == Outcome.Settled) update["$set"] = new BsonDocument(Written(customer).Concat(Written(product)));
        var fences = new BsonDocument { [FenceOf(customer)] = customer.Token, [FenceOf(product)] = product.Token };
        var committed = await _books.UpdateOneAsync(Books & fences, update);
        if (committed.MatchedCount == 1) return;
        var isCustomers = await _books.CountDocumentsAsync(Books & new BsonDocument(FenceOf(customer), customer.Token)) == 0;
        throw isCustomers ? new StaleWriterException(customer.Key, customer.Token) : new StaleWriterException(product.Key, product.Token);

        static IEnumerable<BsonElement> Written(OpenAccount account) =>
        [
            new($"accounts.{NameOf(account.Key)}.amount", account.Account.Amount),
            new($"accounts.{NameOf(account.Key)}.updates", account.Account.Updates),
        ];
    }

    public Task AddAsync(OpeningBooks books) => books.Amounts.Count == 0 ? Task.CompletedTask : _books.UpdateOneAsync(Books, new BsonDocument(
        "$set", new BsonDocument(books.Amounts.Select(entry => new BsonElement(
            $"accounts.{NameOf(entry.Key)}", new BsonDocument { ["amount"] = entry.Value, ["updates"] = 0L, ["fence"] = 0L })))));

    public async Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys)
    {
        var accounts = (await _books.Find(Books).Project(new BsonDocument("accounts", 1)).SingleAsync())["accounts"].AsBsonDocument;
        return keys.Where(key => accounts.Contains(NameOf(key))).ToDictionary(key => key, key => AccountIn(accounts[NameOf(key)]));
    }

    public async Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync() =>
    [
        .. (await _books.Find(Books).Project(new BsonDocument("journal", 1)).SingleAsync())["journal"].AsBsonArray
            .Select(line => (line["webhook"].AsString, Enum.Parse<Outcome>(line["outcome"].AsString))),
    ];

    private static Account AccountIn(BsonValue account) => new(account["amount"].ToInt64(), account["updates"].ToInt64());

    private static string FenceOf(OpenAccount account) => $"accounts.{NameOf(account.Key)}.fence";

    // In the name of a field, dots and dollars mean something.
    private static string NameOf(string key) => Convert.ToHexString(Encoding.UTF8.GetBytes(key));
}
