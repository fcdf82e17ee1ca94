using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>One key at one moment, as all processes that use the provider see it: who holds it and who waits for it.</summary>
/// <remarks>For people and for their tools. By the time that it is read it may be history: nothing may be decided by it.</remarks>
/// <example>
/// <code>
/// var orders = await provider.InspectAsync("orders:4711");
/// Console.WriteLine(orders);                    // for people
/// Console.WriteLine(orders.ToJson());           // for programs
/// </code>
/// </example>
/// <param name="Key">The key.</param>
/// <param name="At">When that was so, by the clock that decides when leases end: the store's, or that of this process.</param>
/// <param name="Holders">Who holds it: one exclusive holder, any number of readers, or those who have permits of a semaphore.</param>
/// <param name="Waiters">Who waits, in a store in the order in which they came, in memory in that in which they would be granted.</param>
public sealed record LockInspection(string Key, DateTimeOffset At, IReadOnlyList<InspectedHolder> Holders, IReadOnlyList<InspectedWaiter> Waiters)
{
    /// <summary>
    /// What is wrong with the record that stands in the store, if it can't be read as that of a lock; null if it can. While it
    /// stands there nobody gets the key; <see cref="LeasedLockProvider.ForceReleaseAsync"/> removes it.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>How many permits the key has in all, while it is in use as a semaphore; zero if it is a lock, or free.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Permits { get; init; }

    /// <summary>Whether nobody holds it and nobody waits for it. Somebody whose lease has ended still counts until others evict him.</summary>
    [JsonIgnore]
    public bool IsFree => Holders.Count + Waiters.Count == 0 && Problem is null;

    /// <summary>
    /// Describes the key for people, on several lines: each holder, each waiter. The format may change; <see cref="ToJson()"/> is
    /// for programs.
    /// </summary>
    public override string ToString()
    {
        var text = new StringBuilder(InspectionText.OneLine(Permits > 0 ? AsyncSemaphore.Describe(Key, Permits) : LockText.Describe(Key)));
        if (IsFree) return text.Append(": free").ToString();
        if (Problem is not null) text.Append(CultureInfo.InvariantCulture, $"\n  {InspectionText.OneLine(Problem)}");
        foreach (var holder in Holders) text.Append(CultureInfo.InvariantCulture, $"\n  held by {holder}");
        foreach (var waiter in Waiters) text.Append(CultureInfo.InvariantCulture, $"\n  waited for by {waiter}");
        return text.ToString();
    }

    /// <summary>
    /// The key as JSON, on one line: <c>{"key":…,"at":…,"holders":[{"owner":…,"mode":"exclusive","fencingToken":…,"remainingSeconds":…}],"waiters":[…]}</c>.
    /// What isn't known is left out; members may be added. Tokens have more digits than a double.
    /// </summary>
    public string ToJson() => JsonSerializer.Serialize(this, InspectionJson.Readable.LockInspection);

    /// <summary>Many keys as one JSON array.</summary>
    public static string ToJson(IEnumerable<LockInspection> inspections)
    {
        ArgumentNullException.ThrowIfNull(inspections);
        return JsonSerializer.Serialize(inspections, InspectionJson.Readable.IEnumerableLockInspection);
    }

    /// <summary>Many keys as a table for people, a line for each holder and waiter. The format may change.</summary>
    public static string ToTable(IEnumerable<LockInspection> inspections)
    {
        ArgumentNullException.ThrowIfNull(inspections);
        return InspectionTable.Write(inspections);
    }
}
