// Fixtures run side by side, the tests within one after the other: many of them wait for leases that end by the real clock.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(2)]
