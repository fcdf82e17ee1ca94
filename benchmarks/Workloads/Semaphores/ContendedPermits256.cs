namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.ContendedPermits, "256 tasks on 4 permits", ToReach = 1.0)]
public class ContendedPermits256() : ContendedPermitsWorkload(256);
