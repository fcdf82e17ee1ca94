using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Rows;

/// <summary>The rows, in the order of the table.</summary>
internal static class AllStoreRows
{
    internal static IReadOnlyList<StoreRow> Rows { get; } =
    [
        new FreePair(), new FreePrepared(), new FreeUnprepared(), new FreeFast(), new FreeBesideNamedLock(),
        new HandOver(),
        new OneProcess(),
        new ManyProcesses(tasks: 1, readersInHundred: 0), new ManyProcesses(tasks: 4, readersInHundred: 0),
        new ManyProcesses(tasks: 1, readersInHundred: 90), new ManyProcesses(tasks: 4, readersInHundred: 90),
        new ReadersWriters(),
        new Lingering(),
        new HeldLeases(),
    ];

    internal static IReadOnlyList<StoreRow> Of(StoreKind store) => [.. Rows.Where(row => row.IsOf(store))];
}
