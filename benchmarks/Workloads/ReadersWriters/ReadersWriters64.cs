namespace GoGoScope.Benchmarks.Workloads.ReadersWriters;

[Row(Section.ReadersWriters, "64 tasks", ToReach = 0.7)]
public class ReadersWriters64() : ReadersWritersWorkload(64);
