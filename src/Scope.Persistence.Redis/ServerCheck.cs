using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>Whether the servers of a connection can carry locks, as far as they tell.</summary>
internal static class ServerCheck
{
    // In a cluster a key leads to one of the nodes, and nobody says to which: this many for each node will miss none.
    private const int KeysForEachNode = 8;

    // The driver waits for a node that is down.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <returns>Whether all have told. Of several, some may be down, and the others can carry the locks of their keys.</returns>
    /// <exception cref="InvalidOperationException">One may throw locks away, or none can be written to.</exception>
    internal static async Task<bool> RefuseUnfitAsync(IConnectionMultiplexer connection, RedisStoreOptions options)
    {
        var nodes = connection.GetEndPoints().Length;
        var keys = nodes > 1 ? KeysForEachNode * nodes : 1;
        var questions = Enumerable.Range(0, keys).Select(i => AskAsync(connection, $"{options.KeyPrefix}check:{i}")).ToList();
        await AnsweredAsync(questions).ConfigureAwait(false);
        var answers = Answers(questions).ToList();
        RefuseEviction(connection, options, answers);
        var primaries = answers.Count(IsPrimary);
        if (primaries > 0) return primaries == keys;
        if (answers.Count > 0) throw ReadOnly(connection, inner: null);
        await questions[0].ConfigureAwait(false);
        return false;
    }

    /// <summary>Returns when all have answered, or a primary has and the others were waited for long enough.</summary>
    internal static async Task AnsweredAsync(List<Task<Dictionary<string, string>>> questions)
    {
        Task all = Task.WhenAll(questions);
        all.GoesOnUnheard();
        await Task.WhenAny(all, Task.Delay(Patience, TimeProvider.System)).ConfigureAwait(false);
        while (!all.IsCompleted && !Answers(questions).Any(IsPrimary))
            // The last may have come meanwhile: then nothing is left but all.
            await Task.WhenAny(questions.Where(static question => !question.IsCompleted).Append(all)).ConfigureAwait(false);
    }

    private static IEnumerable<Dictionary<string, string>> Answers(IEnumerable<Task<Dictionary<string, string>>> questions) =>
        questions.Where(static question => question.IsCompletedSuccessfully).Select(static question => question.Result);

    private static bool IsPrimary(Dictionary<string, string> says) => says.GetValueOrDefault("role") != "slave";

    private static void RefuseEviction(IConnectionMultiplexer connection, RedisStoreOptions options, IEnumerable<Dictionary<string, string>> answers)
    {
        foreach (var says in answers)
        {
            if (!options.AcceptEviction && Evicts(says) is { } policy)
                throw new InvalidOperationException(
                    $"Redis at {NameOf(connection)} throws keys away when its memory is full (maxmemory-policy {policy}), so that two could hold the same lock. "
                    + $"Set the policy to noeviction, or {nameof(RedisStoreOptions)}.{nameof(RedisStoreOptions.AcceptEviction)} if that may happen.");
        }
    }

    internal static InvalidOperationException ReadOnly(IConnectionMultiplexer connection, Exception? inner) =>
        new($"Redis at {NameOf(connection)} is a read-only replica, and locks have to be written: connect to the primary, too.", inner);

    /// <summary>Its addresses; the configuration has the password, too.</summary>
    private static string NameOf(IConnectionMultiplexer connection) => string.Join(", ", connection.GetEndPoints().Select(Show));

    private static string? Show(EndPoint endPoint) => endPoint is DnsEndPoint named ? $"{named.Host}:{named.Port}" : endPoint.ToString();

    /// <summary>The policy by which it throws keys away; null if it doesn't, or doesn't tell.</summary>
    private static string? Evicts(Dictionary<string, string> says) =>
        says.TryGetValue("maxmemory_policy", out var policy) && policy != "noeviction"
        && says.TryGetValue("maxmemory", out var limit) && long.TryParse(limit, CultureInfo.InvariantCulture, out var bytes) && bytes > 0
            ? policy : null;

    /// <summary>What the node of <paramref name="key"/> says of itself; nothing if it may not be asked.</summary>
    private static async Task<Dictionary<string, string>> AskAsync(IConnectionMultiplexer connection, string key)
    {
        string text;
        try
        {
            // By a script, because the driver takes INFO and CONFIG for an administrator's, and many servers CONFIG, too. If
            // there is no primary a replica answers, which explains why nothing can be written.
            text = (string?)await connection.GetDatabase().ScriptEvaluateAsync(Scripts.Info, [key]).ConfigureAwait(false) ?? "";
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOPERM", StringComparison.Ordinal))
        {
            // It will never tell. Anything else (BUSY, CLUSTERDOWN, LOADING) is of this moment, and the next call asks again.
            text = "";
        }
        return text.Split("\r\n").Select(line => line.Split(':', 2)).Where(line => line.Length == 2)
            .DistinctBy(line => line[0], StringComparer.Ordinal).ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
    }
}
