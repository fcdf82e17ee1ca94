namespace GoGoScope.Benchmarks.Workloads.Contended;

[Row(Section.Contended, "16 tasks", ToReach = 1.0, ToReachOvertaking = 0.55)]
public class Contended16() : ContendedPlainly(16);
