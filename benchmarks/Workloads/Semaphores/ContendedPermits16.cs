namespace GoGoScope.Benchmarks.Workloads.Semaphores;

[Row(Section.ContendedPermits, "16 tasks on 4 permits", ToReach = 1.0)]
public class ContendedPermits16() : ContendedPermitsWorkload(16);
