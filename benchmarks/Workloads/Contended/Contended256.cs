namespace GoGoScope.Benchmarks.Workloads.Contended;

[Row(Section.Contended, "256 tasks", ToReach = 1.0, ToReachOvertaking = 0.55)]
public class Contended256() : ContendedPlainly(256);
