namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.FreePermits, "one, nobody else there", ToReach = 0.6)]
public class FreePermit() : FreePermitOne(heldByOthers: 0);
