namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.FreePermits, "one, two others are held", ToReach = 0.6)]
public class FreePermitBesideOthers() : FreePermitOne(heldByOthers: 2);
