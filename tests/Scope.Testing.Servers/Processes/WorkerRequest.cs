using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>How a worker asks for a lock.</summary>
public sealed record WorkerRequest
{
    /// <summary>How it is held.</summary>
    public LockMode Mode { get; init; }

    /// <summary>The length of the lease; far more than a test takes by default.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Rank among those who wait.</summary>
    public int Priority { get; init; }

    /// <summary>The longest wait; without an end by default.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Whether the lease is renewed.</summary>
    public bool AutoRenew { get; init; } = true;

    internal string ToWords() => string.Create(CultureInfo.InvariantCulture,
        $"{Mode} {TimeToLive.TotalMilliseconds} {Priority} {Timeout.TotalMilliseconds} {AutoRenew}");
}
