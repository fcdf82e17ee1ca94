// Fixtures run side by side, the tests within one after the other: many of them wait for leases to end.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]
