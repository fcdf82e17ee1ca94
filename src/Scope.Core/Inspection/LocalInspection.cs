using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>Inspections of a provider whose keys live in this process, from what it shows of itself.</summary>
internal static class LocalInspection
{
    /// <summary>The key that <paramref name="snapshot"/> shows; free if that is null.</summary>
    internal static LockInspection Of(string key, LockSnapshot? snapshot)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new LockInspection(key, now, [.. (snapshot?.Holders ?? []).Select(holder => Of(holder, now))], [.. (snapshot?.Waiters ?? []).Select(Of)])
        {
            Permits = snapshot?.Permits ?? 0,
        };
    }

    internal static async IAsyncEnumerable<LockInspection> All(
        IReadOnlyList<LockSnapshot> snapshots, string keyPrefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var snapshot in snapshots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (snapshot.Key is { } key && key.StartsWith(keyPrefix, StringComparison.Ordinal)) yield return Of(key, snapshot);
        }
        await Task.CompletedTask.ConfigureAwait(false);
    }

    private static InspectedHolder Of(LockHolder holder, DateTimeOffset now)
    {
        var left = holder.Expiry?.Left;
        return new InspectedHolder(holder.Owner, holder.Mode, holder.FencingToken)
        {
            LastFencingToken = holder.FencingToken,
            Weight = holder.Weight,
            ExpiresAt = left is { } length && length < DateTimeOffset.MaxValue - now ? now + length : null,
            Remaining = left,
        };
    }

    private static InspectedWaiter Of(LockWaiter waiter) => new(waiter.Owner, waiter.Mode, waiter.Priority, waiter.PassedOver) { Weight = waiter.Weight };
}
