namespace GoGoScope;

/// <summary>The counts of a pool: how many resources it has, and what it has done so far, as it was at one moment.</summary>
public sealed record PoolStatistics
{
    /// <summary>How many resources are idle: ready to be lent.</summary>
    public int Idle { get; init; }

    /// <summary>How many resources are lent.</summary>
    public int InUse { get; init; }

    /// <summary>How many resources are being made, checked or destroyed.</summary>
    public int Busy { get; init; }

    /// <summary>How many resources there are: idle, lent and busy.</summary>
    public int Total => Idle + InUse + Busy;

    /// <summary>How many requests wait for a resource.</summary>
    public int Waiting { get; init; }

    /// <summary>How many resources were made so far.</summary>
    public long Created { get; init; }

    /// <summary>How many resources were destroyed so far, also with an error.</summary>
    public long Destroyed { get; init; }

    /// <summary>How often a resource was lent.</summary>
    public long Lent { get; init; }

    /// <summary>How often making a resource has failed.</summary>
    public long CreateFailures { get; init; }

    /// <summary>How often <see cref="PoolOptions{T}.Validate"/> has answered false, or thrown.</summary>
    public long Unhealthy { get; init; }

    /// <summary>How often destroying a resource has failed.</summary>
    public long DestroyFailures { get; init; }
}
