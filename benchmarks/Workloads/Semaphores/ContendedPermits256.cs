namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.ContendedPermits, "256 tasks", ToReach = 1.0)]
public class ContendedPermits256() : ContendedPermitsWorkload(256);
