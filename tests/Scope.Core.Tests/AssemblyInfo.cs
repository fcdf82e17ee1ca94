// Fixtures run side by side, the tests within one after the other. Some tests wait for threads, so a small machine gets
// as many workers as one with four cores.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(4)]

// A failed Debug.Assert fails the test that ran into it.
[assembly: GoGoScope.Tests.Run.BlameAssertions]
