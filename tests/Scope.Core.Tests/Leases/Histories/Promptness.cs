namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// Where nothing goes wrong, nobody waits longer than it has to: who was granted a lock has heard of it, who is urgent
/// stands in the queue as such, and a lease that has ended is in nobody's way.
/// </summary>
internal static class Promptness
{
    internal static async Task CheckAsync(World world)
    {
        for (var key = 0; key < world.Setup.Keys; key++)
        {
            var stored = await world.Server.ReadAsync($"{LeasedLockProvider.KeyPrefix}key{key}", CancellationToken.None);
            if (stored.IsFree) continue;
            var record = LockRecord.Parse(in stored);
            if (world.Setup.TellsNews && !world.IsNewsLost) CheckHeard(world, $"key{key}", record);
            CheckPriorities(world, $"key{key}", record);
            CheckEnded(world, $"key{key}", record, stored.Now);
        }
    }

    private static void CheckHeard(World world, string key, LockRecord record)
    {
        foreach (var holder in record.Holders.ToArray())
        {
            var those = world.Holds.Live.Where(holding => holding.Key == key && holding.Process.Provider.Process == holder.Id.Process).ToList();
            var hasWaiter = those.Exists(static holding => holding.State == HoldingState.Waiting);
            var hasGuard = those.Exists(static holding => holding.State is HoldingState.Holding or HoldingState.Releasing);
            if (hasWaiter && record.Permits > 0 && HeldBy(holder.Id.Process, record) > those.Count(static holding => holding.State is HoldingState.Holding or HoldingState.Releasing))
                world.Break($"a process was granted permits of {key}, and nobody there has heard of it, although somebody waits");
            if (hasWaiter && !hasGuard) world.Break($"{holder.Id} was granted {key}, and nobody of its process has heard of it");
        }
    }

    private static int HeldBy(string process, LockRecord record) => record.Holders.ToArray().Count(holder => holder.Id.Process == process);

    /// <summary>Who stands in the queue for a process does so with the priority of the best who waits there.</summary>
    private static void CheckPriorities(World world, string key, LockRecord record)
    {
        var waiters = record.Waiters.ToArray();
        foreach (var ofProcess in world.Holds.Live.Where(holding => holding.Key == key).GroupBy(static holding => holding.Process))
        {
            if (ofProcess.Any(static holding => holding.State != HoldingState.Waiting)) continue;
            var standing = waiters.Where(waiter => waiter.Id.Process == ofProcess.Key.Provider.Process).ToList();
            var best = ofProcess.Max(static holding => holding.Priority);
            if (standing.Count > 0 && standing.Max(static waiter => waiter.Priority) < best) world.Break($"{ofProcess.Key.Name} stands in the queue of {key} with less than the priority {best} of who waits there");
        }
    }

    private static void CheckEnded(World world, string key, LockRecord record, long now)
    {
        var waiters = record.Waiters.ToArray();
        if (waiters.Length == 0) return;
        // Who has made the record knows when its leases end; others may have to look for it.
        var setup = world.Setup;
        var isKnown = world.Records.LastWriter(key) is { } writer && waiters.Any(waiter => waiter.Id.Process == writer.Provider.Process);
        var patience = TimeSpan.FromMilliseconds(5) + setup.LongestTimeToLive * 2 * setup.Drift;
        if (!isKnown) patience += setup.TellsNews ? setup.SafetyPoll * 1.3 : TimeSpan.FromMilliseconds(400);
        foreach (var holder in record.Holders.ToArray())
        {
            if (now - holder.ExpiresAt > (long)patience.TotalMicroseconds) world.Break($"the lease of {holder.Id} has ended {(now - holder.ExpiresAt) / 1_000} ms ago, and still others wait for {key}");
        }
    }
}
