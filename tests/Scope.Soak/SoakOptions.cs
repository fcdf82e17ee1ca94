namespace GoGoScope.Soak;

/// <summary>What to run.</summary>
internal sealed record SoakOptions
{
    public required string Store { get; init; }

    public required TimeSpan Duration { get; init; }

    public required int Processes { get; init; }

    public required int Seed { get; init; }

    public bool WithoutLocks { get; init; }
}
