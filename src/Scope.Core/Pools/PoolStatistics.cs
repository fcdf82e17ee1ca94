namespace GoGoScope;

/// <summary>What a pool has and has done, as it was at one moment.</summary>
public sealed record PoolStatistics
{
    /// <summary>Resources that can be lent.</summary>
    public int Idle { get; init; }

    /// <summary>Resources that are lent.</summary>
    public int InUse { get; init; }

    /// <summary>Resources that are being made, checked or destroyed.</summary>
    public int Busy { get; init; }

    /// <summary>All of them.</summary>
    public int Total => Idle + InUse + Busy;

    /// <summary>Requests that wait for their turn.</summary>
    public int Waiting { get; init; }

    /// <summary>How many resources were made.</summary>
    public long Created { get; init; }

    /// <summary>How many resources were destroyed, be it with an error.</summary>
    public long Destroyed { get; init; }

    /// <summary>How often a resource was lent.</summary>
    public long Lent { get; init; }

    /// <summary>How often making a resource has failed.</summary>
    public long CreateFailures { get; init; }

    /// <summary>How often a resource was found not to work, or finding out has failed.</summary>
    public long Unhealthy { get; init; }

    /// <summary>How often destroying a resource has failed.</summary>
    public long DestroyFailures { get; init; }
}
