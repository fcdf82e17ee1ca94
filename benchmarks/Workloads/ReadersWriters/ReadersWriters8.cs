namespace GoGoScope.Benchmarks.Workloads.ReadersWriters;

[Row(Section.ReadersWriters, "8 tasks", ToReach = 0.7)]
public class ReadersWriters8() : ReadersWritersWorkload(8);
