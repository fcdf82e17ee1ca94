using System.Globalization;
using System.Text.Json;

namespace GoGoScope.Testing;

/// <summary>Looks at the records of locks past all providers, as a person would: who holds, who waits, and what the store's clock says.</summary>
/// <param name="store">A store that no provider uses.</param>
public sealed class StoreProbe(ILockStore store)
{
    /// <summary>The record of <paramref name="key"/> now.</summary>
    public async Task<ProbedRecord> LookAsync(string key)
    {
        var stored = await store.ReadAsync($"lock:{key}", CancellationToken.None);
        if (stored.IsFree) return new ProbedRecord(stored.Now, stored.Fence, [], []);
        using var body = JsonDocument.Parse(stored.Body);
        return new ProbedRecord(
            stored.Now,
            stored.Fence,
            [.. All(body, "holders").Select(holder => new ProbedHolder(Id(holder), Mode(holder), Token(holder, stored.Fence), Time(holder.GetProperty("expires").GetString()!)))],
            [.. All(body, "waiters").Select(waiter => new ProbedWaiter(Id(waiter), Mode(waiter)))]);
    }

    /// <summary>The store's clock, in microseconds.</summary>
    public async Task<long> NowAsync() => (await store.ReadAsync("probe", CancellationToken.None)).Now;

    /// <summary>Returns the record as soon as it is as <paramref name="condition"/> says.</summary>
    public async Task<ProbedRecord> UntilAsync(string key, Func<ProbedRecord, bool> condition, string what)
    {
        ProbedRecord? last = null;
        await Waiting.Until(async () => condition(last = await LookAsync(key)), what);
        return last!;
    }

    /// <summary>Returns when <paramref name="count"/> wait for <paramref name="key"/>, over all processes.</summary>
    public Task<ProbedRecord> UntilWaitersAsync(string key, int count) => UntilAsync(key, record => record.Waiters.Count == count, $"{count} wait in the record");

    /// <summary>Returns when the store's clock shows <paramref name="time"/>.</summary>
    public Task UntilTimeAsync(long time) => Waiting.Until(async () => await NowAsync() >= time, "the store's clock has come there");

    private static JsonElement.ArrayEnumerator All(JsonDocument body, string name) =>
        body.RootElement.TryGetProperty(name, out var all) ? all.EnumerateArray() : default;

    private static string Id(JsonElement who) => who.GetProperty("id").GetString()!;

    // In a record that was made from a free one, tokens count back from the fence.
    private static long Token(JsonElement holder, long fence) => holder.GetProperty("token").GetInt64() is > 0 and var token ? token : fence + holder.GetProperty("token").GetInt64();

    private static LockMode Mode(JsonElement who) => Enum.Parse<LockMode>(who.GetProperty("mode").GetString()!, ignoreCase: true);

    private static long Time(string text) =>
        (DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}

/// <summary>One key, as it stands in the store.</summary>
/// <param name="Now">The store's clock, in microseconds.</param>
/// <param name="Fence">The last token that was drawn.</param>
/// <param name="Holders">Who holds.</param>
/// <param name="Waiters">Who waits, in the order in which they came.</param>
public sealed record ProbedRecord(long Now, long Fence, IReadOnlyList<ProbedHolder> Holders, IReadOnlyList<ProbedWaiter> Waiters);

/// <summary>Who holds.</summary>
/// <param name="Id">The id of the acquisition.</param>
/// <param name="Mode">How.</param>
/// <param name="Token">Its fencing token, or the first of them.</param>
/// <param name="ExpiresAt">Until when, by the store's clock, in microseconds.</param>
public sealed record ProbedHolder(string Id, LockMode Mode, long Token, long ExpiresAt);

/// <summary>Who waits.</summary>
/// <param name="Id">The id of the acquisition.</param>
/// <param name="Mode">How.</param>
public sealed record ProbedWaiter(string Id, LockMode Mode);
