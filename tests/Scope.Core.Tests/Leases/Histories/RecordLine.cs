using System.Globalization;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>A record in as few words as possible: who holds, with which token and until when, and who waits. Ids are process.number.</summary>
internal static class RecordLine
{
    internal static string Of(World world, in StoredRecord stored, bool isLock)
    {
        if (stored.IsFree) return $"free (fence {Token(world, stored.Fence)})";
        if (!isLock) return stored.Body;
        try
        {
            return Of(world, LockRecord.Parse(in stored));
        }
        catch (FormatException)
        {
            return stored.Body;
        }
    }

    /// <summary>A body that a process wants to write: its fence is not known yet.</summary>
    internal static string OfBody(World world, string body, bool isLock) =>
        Of(world, new StoredRecord(Version: 1, Fence: long.MaxValue / 2, body, Now: 0), isLock);

    private static string Of(World world, LockRecord record)
    {
        var holders = record.Holders.ToArray().Select(h => $"{h.Id} {Short(h.Mode)}{(h.Weight == 0 ? "" : $"{h.Weight}")} {Token(world, h.Token)}{(h.LastToken == h.Token ? "" : $"..{Token(world, h.LastToken)}")} until {Time(world, h.ExpiresAt)}");
        var waiters = record.Waiters.ToArray().Select(w => $"{w.Id} {Short(w.Mode)}{(w.Weight == 0 ? "" : $"{w.Weight}")}{(w.Priority == 0 ? "" : $" p{w.Priority}")}{(w.PassedOver == 0 ? "" : $" -{w.PassedOver}")}");
        return $"{(record.Permits == 0 ? "" : $"{record.Permits} permits ")}[{string.Join(", ", holders)} | {string.Join(", ", waiters)}]";
    }

    private static string Short(LockMode mode) => mode switch { LockMode.Exclusive => "X", LockMode.Read => "R", _ => "P" };

    private static string Time(World world, long time) => ((time - world.StartOfStore) / 1e6).ToString("0.0000", CultureInfo.InvariantCulture);

    // They begin at the store's clock; what counts is which one is higher.
    private static string Token(World world, long token) => token > long.MaxValue / 4 ? "new" : token < world.StartOfStore ? $"{token}" : $"#{token - world.StartOfStore}";
}
