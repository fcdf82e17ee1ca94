namespace GoGoScope.Benchmarks.Measuring;

/// <summary>How long to measure.</summary>
/// <param name="Name">How the page calls it.</param>
/// <param name="Rounds">Rounds that count; one before them warms up.</param>
/// <param name="Iterations">Measurements of a benchmark in a round, the median of which counts.</param>
/// <param name="IterationTime">How long each of them takes, in ms.</param>
internal sealed record Plan(string Name, int Rounds, int Iterations, int IterationTime)
{
    internal static Plan Full { get; } = new("the whole run", Rounds: 7, Iterations: 5, IterationTime: 100);

    internal static Plan Quick { get; } = new("a quick look (`--quick`)", Rounds: 2, Iterations: 3, IterationTime: 50);
}
