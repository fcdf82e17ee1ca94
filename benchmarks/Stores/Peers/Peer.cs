using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Peers;

/// <summary>
/// DistributedLock. What uses it is in DistributedLock/, and compiled only where it can be restored; elsewhere the figures of
/// docs/performance.md stand in.
/// </summary>
internal static partial class Peer
{
    /// <summary>Opens one on connections of its own; null if the benchmarks were built without it.</summary>
    internal static async Task<IPeer?> OpenAsync(RunningServer server)
    {
        Task<IPeer>? opening = null;
        Open(server, ref opening);
        return opening is null ? null : await opening;
    }

    /// <summary>Whether it was ever measured on the store, so that there is something to compare with.</summary>
    internal static bool IsKnownOn(StoreKind store) => store == StoreKind.Redis || store == StoreKind.Postgres;

    /// <summary>Pairs a second.</summary>
    internal static double KnownPairRate(StoreKind store) => store == StoreKind.Redis ? 3_542 : 1_919;

    /// <summary>Guards a second of 32 tasks, 95 % of them for reading.</summary>
    internal static double KnownReadersWritersRate(StoreKind store) => store == StoreKind.Redis ? 1_715 : 2_195;

    static partial void Open(RunningServer server, ref Task<IPeer>? opening);
}
