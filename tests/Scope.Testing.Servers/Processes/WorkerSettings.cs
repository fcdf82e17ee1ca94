using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>What a <see cref="WorkerProcess"/> is started with.</summary>
public sealed record WorkerSettings
{
    /// <summary>The store, as the worker calls it: "redis", "postgres", "mysql", "mongodb", "file"; "memory" for locks that exclude nobody else.</summary>
    public required string Store { get; init; }

    /// <summary>How it reaches the store.</summary>
    public string Connection { get; init; } = "";

    /// <summary>By default the provider's own.</summary>
    public TimeSpan? Liveness { get; init; }

    /// <summary>How long it relies on being told when its turn has come; by default the provider's own.</summary>
    public TimeSpan? SafetyPoll { get; init; }

    /// <summary>By how much its time of day is wrong.</summary>
    public TimeSpan ClockAhead { get; init; }

    /// <summary>Its time zone, as in the environment variable TZ; by default that of the machine.</summary>
    public string? TimeZone { get; init; }

    internal IEnumerable<string> Arguments()
    {
        yield return $"store={Store}";
        yield return $"connection={Connection}";
        if (Liveness is { } liveness) yield return Milliseconds("liveness", liveness);
        if (SafetyPoll is { } poll) yield return Milliseconds("safety-poll", poll);
        if (ClockAhead != TimeSpan.Zero) yield return Milliseconds("clock-ahead", ClockAhead);
    }

    private static string Milliseconds(string name, TimeSpan value) => string.Create(CultureInfo.InvariantCulture, $"{name}={value.TotalMilliseconds}");
}
