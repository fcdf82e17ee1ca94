using System.Collections.Concurrent;
using StackExchange.Redis;

namespace GoGoScope.Quickstart;

/// <summary>
/// The ledger in Redis: a hash for each account, the journal as a list, the marks as a set. A script runs in Redis with nothing
/// else in between, so what it looks at and what it writes belong together.
/// </summary>
internal sealed class RedisLedger(IDatabase redis, string prefix) : ISharedLedger
{
    /// <summary>KEYS: the account. ARGV: the token. Returns amount and updates, or nothing for a token that is too low.</summary>
    private const string Open =
        """
        local account = redis.call('HMGET', KEYS[1], 'amount', 'updates', 'fence')
        if tonumber(ARGV[1]) < tonumber(account[3]) then return {} end
        redis.call('HSET', KEYS[1], 'fence', ARGV[1])
        return {account[1], account[2]}
        """;

    /// <summary>
    /// KEYS: customer, product, journal, marks. ARGV: the tokens of both accounts, webhook, outcome; then, for an order that was
    /// settled, amount and updates of the customer, and of the product. Returns the number of the account that has another fence; 0 if none.
    /// </summary>
    private const string Commit =
        """
        for i = 1, 2 do
          if redis.call('HGET', KEYS[i], 'fence') ~= ARGV[i] then return i end
        end
        if ARGV[5] then
          redis.call('HMSET', KEYS[1], 'amount', ARGV[5], 'updates', ARGV[6])
          redis.call('HMSET', KEYS[2], 'amount', ARGV[7], 'updates', ARGV[8])
        end
        redis.call('RPUSH', KEYS[3], ARGV[4] .. ' ' .. ARGV[3])
        redis.call('SADD', KEYS[4], ARGV[3])
        return 0
        """;

    private readonly RedisKey _journal = prefix + "journal";
    private readonly RedisKey _marks = prefix + "processed";
    private readonly ConcurrentQueue<RedisKey> _added = new();

    public async Task<OpenAccount> OpenAsync(string key, long token)
    {
        var account = (RedisValue[])(await redis.ScriptEvaluateAsync(Open, [KeyOf(key)], [token]))!;
        if (account.Length == 0) throw new StaleWriterException(key, token);
        return new OpenAccount(key, token, new Account((long)account[0], (long)account[1]));
    }

    public Task<bool> WasProcessedAsync(string webhookId) => redis.SetContainsAsync(_marks, webhookId);

    public async Task CommitAsync(JournalEntry entry, OpenAccount customer, OpenAccount product)
    {
        RedisValue[] values = [customer.Token, product.Token, entry.Order.WebhookId, $"{entry.Outcome}"];
        if (entry.Outcome == Outcome.Settled)
            values = [.. values, customer.Account.Amount, customer.Account.Updates, product.Account.Amount, product.Account.Updates];
        var refused = (int)await redis.ScriptEvaluateAsync(Commit, [KeyOf(customer.Key), KeyOf(product.Key), _journal, _marks], values);
        if (refused == 1) throw new StaleWriterException(customer.Key, customer.Token);
        if (refused == 2) throw new StaleWriterException(product.Key, product.Token);
    }

    public async Task AddAsync(OpeningBooks books)
    {
        foreach (var key in books.Amounts.Keys) _added.Enqueue(KeyOf(key));
        await Task.WhenAll(books.Amounts.Select(entry => redis.HashSetAsync(
            KeyOf(entry.Key), [new HashEntry("amount", entry.Value), new HashEntry("updates", 0), new HashEntry("fence", 0)])));
    }

    public async Task<IReadOnlyDictionary<string, Account>> ReadAccountsAsync(IReadOnlyCollection<string> keys)
    {
        var accounts = await Task.WhenAll(keys.Select(key => redis.HashGetAsync(KeyOf(key), ["amount", "updates"])));
        return keys.Zip(accounts).ToDictionary(pair => pair.First, pair => new Account((long)pair.Second[0], (long)pair.Second[1]));
    }

    public async Task<IReadOnlyList<(string WebhookId, Outcome Outcome)>> ReadJournalAsync() =>
    [
        .. from line in await redis.ListRangeAsync(_journal)
           let parts = $"{line}".Split(' ', 2)
           select (parts[1], Enum.Parse<Outcome>(parts[0])),
    ];

    /// <summary>Deletes what this ledger has added, and what others have written into it.</summary>
    public Task DeleteAsync() => Task.WhenAll(_added.Append(_journal).Append(_marks).Select(key => redis.KeyDeleteAsync(key)));

    private RedisKey KeyOf(string account) => prefix + account;
}
