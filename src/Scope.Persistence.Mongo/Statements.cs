namespace GoGoScope.Persistence.Mongo;

/// <summary>
/// The three ways in which a record is replaced, each by one <c>findAndModify</c>. Operators only, no pipelines: they are what every
/// server has that speaks like MongoDB.
/// </summary>
internal static class Statements
{
    /// <summary>
    /// A claim does not count if the server's clock is further than this past what its sender took for it, who may have been stopped
    /// for days. Microseconds; shorter than the time for which a document is kept at the least.
    /// </summary>
    private const long LongestClaim = 3_600_000_000;

    private static readonly TimeSpan ShortestTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Takes a key that is free, or was never used: by an upsert, of which the documents that don't fit make a duplicate key.
    /// </summary>
    /// <param name="swap">A swap that expects a free record.</param>
    /// <param name="floor">Where tokens start: the clock, or a fence that is a little ahead of it. A document whose fence is later does not fit.</param>
    internal static Statement Claim(in LockSwap swap, long floor)
    {
        var filter = new Dictionary<string, object>
        {
            [Fields.Id] = swap.Key,
            [Fields.Body] = "",
            [Fields.Fence] = new Dictionary<string, object> { ["$lte"] = floor },
        };
        var set = Set(swap);
        set[Fields.Fence] = floor + swap.Draw;
        set[Fields.From] = StoreTime.Ceiling(swap.NotBefore);
        set[Fields.Until] = StoreTime.Ceiling(Math.Min(swap.NotAfter, floor + LongestClaim));
        set[Fields.Drew] = swap.Draw;
        return Make(swap, filter, set, unset: [], floor, fence: floor + swap.Draw, isUpsert: true);
    }

    /// <summary>Replaces the record that the swap expects, which somebody holds or waits for.</summary>
    /// <param name="swap">A swap that expects a version.</param>
    /// <param name="now">About the clock.</param>
    internal static Statement Replace(in LockSwap swap, long now)
    {
        var filter = new Dictionary<string, object>
        {
            [Fields.Id] = swap.Key,
            [Fields.Version] = swap.Expected,
            // The fence of a free one goes on from the clock, which takes knowing it.
            [Fields.Body] = new Dictionary<string, object> { ["$ne"] = "" },
            ["$expr"] = All([.. InTime(swap), .. NotVoid()]),
        };
        return Make(swap, filter, Set(swap), [Fields.From, Fields.Until, Fields.Drew], now, fence: now, isUpsert: false, inc: swap.Draw);
    }

    /// <summary>Replaces a record that was read and found to be free: one that no claim fits, or that a void claim hides.</summary>
    /// <param name="swap">A swap that expects it.</param>
    /// <param name="found">What was read.</param>
    /// <param name="floor">Not before the clock that was read with it.</param>
    internal static Statement ReplaceFree(in LockSwap swap, StoredDocument found, long floor)
    {
        var filter = new Dictionary<string, object>
        {
            [Fields.Id] = swap.Key,
            [Fields.Version] = found.Version,
            ["$expr"] = All(InTime(swap)),
        };
        var fence = Math.Max(found.Record(floor).Fence, floor) + swap.Draw;
        var set = Set(swap);
        set[Fields.Fence] = fence;
        return Make(swap, filter, set, [Fields.From, Fields.Until, Fields.Drew], floor, fence, isUpsert: false);
    }

    private static Dictionary<string, object> Set(in LockSwap swap)
    {
        var set = new Dictionary<string, object> { [Fields.Version] = swap.Version, [Fields.Body] = swap.Body };
        // With the version, so that two that wake the same are two changes.
        if (swap.Wake is { Count: > 0 } wake) set[Fields.Wake] = new List<object>([.. wake.Distinct(StringComparer.Ordinal), swap.Version]);
        return set;
    }

    private static Statement Make(
        in LockSwap swap, Dictionary<string, object> filter, Dictionary<string, object> set, IEnumerable<string> unset, long now, long fence, bool isUpsert, long inc = 0)
    {
        // Of a claim only what was there before it may become the record again, and that is not this.
        if (swap.Body.Length == 0 && !isUpsert) set[Fields.Was] = swap.Version;
        var gone = unset.ToDictionary(static field => field, static _ => (object)"");
        if (!set.ContainsKey(Fields.Wake)) gone[Fields.Wake] = "";
        var update = new Dictionary<string, object>
        {
            ["$set"] = set,
            ["$currentDate"] = new Dictionary<string, object> { [Fields.At] = true },
            // Never back: a fence that was far ahead is.
            ["$max"] = new Dictionary<string, object> { [Fields.Forget] = StoreTime.Ceiling(swap.Body.Length == 0 ? fence : Math.Max(fence, swap.KeepUntil)) },
        };
        // MongoDB 4.4 refuses an operator without fields.
        if (gone.Count > 0) update["$unset"] = gone;
        if (inc != 0) update["$inc"] = new Dictionary<string, object> { [Fields.Fence] = inc };
        return new Statement(filter, update, isUpsert, TimeFor(swap, now));
    }

    /// <summary>
    /// The clock is read when a command begins, which may then wait, for a lock on the database, say. A swap that is too late by then
    /// must not be done any more, or not much later.
    /// </summary>
    private static TimeSpan TimeFor(in LockSwap swap, long now)
    {
        var left = swap.NotAfter <= now ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Math.Min(swap.NotAfter - now, (long)LongestTime.TotalMicroseconds));
        return left < ShortestTime ? ShortestTime : left;
    }

    private static List<object> InTime(in LockSwap swap) =>
        [Compare("$gte", "$$NOW", StoreTime.Ceiling(swap.NotBefore)), Compare("$lt", "$$NOW", StoreTime.Ceiling(swap.NotAfter))];

    /// <summary>The version of a void claim is no record's.</summary>
    private static List<object> NotVoid() =>
    [
        Compare("$gte", $"${Fields.At}", Or($"${Fields.From}", StoreTime.Ceiling(0))),
        Compare("$lt", $"${Fields.At}", Or($"${Fields.Until}", StoreTime.Ceiling(long.MaxValue))),
    ];

    private static Dictionary<string, object> All(List<object> conditions) => new() { ["$and"] = conditions };

    private static Dictionary<string, object> Compare(string with, object one, object other) => new() { [with] = new List<object> { one, other } };

    private static Dictionary<string, object> Or(string field, object otherwise) => new() { ["$ifNull"] = new List<object> { field, otherwise } };
}
