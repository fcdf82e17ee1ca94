using GoGoScope.Benchmarks.Workloads.Contended;
using GoGoScope.Benchmarks.Workloads.FreeLock;
using GoGoScope.Benchmarks.Workloads.Keys;
using GoGoScope.Benchmarks.Workloads.ReadersWriters;
using GoGoScope.Benchmarks.Workloads.Scopes;
using GoGoScope.Benchmarks.Workloads.Semaphores;

namespace GoGoScope.Benchmarks.Workloads;

/// <summary>The rows, in the order of the table.</summary>
public static class AllWorkloads
{
    public static IReadOnlyList<Type> Types { get; } =
    [
        typeof(FreeExclusive), typeof(FreeWithToken), typeof(FreeWithTimeout), typeof(FreeRead), typeof(FreeWrite),
        typeof(Contended16), typeof(Contended256), typeof(ContendedWithToken), typeof(ContendedWithTimeout),
        typeof(ColdKeys), typeof(WarmKeys), typeof(WarmPreparedKeys), typeof(HotKeys),
        typeof(ReadersWriters8), typeof(ReadersWriters64),
        typeof(FreePermit), typeof(FreePermitBesideOthers), typeof(FreeWeight), typeof(ContendedPermits16), typeof(ContendedPermits256), typeof(Loan),
        typeof(EmptyScope), typeof(Children), typeof(ChildrenWithResult), typeof(MapItems),
    ];
}
