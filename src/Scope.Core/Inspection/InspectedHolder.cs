using System.Globalization;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>One holder of a key, as <see cref="LockInspection"/> shows it.</summary>
/// <param name="Owner">Who it is, as it called itself: <see cref="LockOptions.Owner"/>, the name of its scope, or machine and process.</param>
/// <param name="Mode">How it holds the key.</param>
/// <param name="FencingToken">The first of its tokens that may be in use.</param>
public sealed record InspectedHolder(string Owner, LockMode Mode, long FencingToken)
{
    /// <summary>
    /// The highest fencing token that this holder may use: the same as <see cref="FencingToken"/> unless the guards of its process,
    /// readers or one after another, share what it holds.
    /// </summary>
    public required long LastFencingToken { get; init; }

    /// <summary>How many permits, if the key is a semaphore; zero if not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Weight { get; init; }

    /// <summary>The id by which the store knows the holder's process: one for each provider in it; null in memory.</summary>
    public string? Process { get; init; }

    /// <summary>
    /// When its process got the key; since then it may have gone from one guard of that process to the next. Null in memory.
    /// </summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When its lease ends unless it is renewed; null if it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long the lease lasts unless it is renewed; zero if it has ended and nobody has evicted it yet; null if it has no end.</summary>
    [JsonPropertyName("remainingSeconds")]
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan? Remaining { get; init; }

    /// <summary>The holder in words: who, how, which tokens, since when, for how long.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{InspectionText.OneLine(Owner)}, {InspectionText.Mode(Mode, Weight)}, {Tokens}{InspectionText.Process(Process)}{InspectionText.Since(Since)}, {Lease}");

    internal string Tokens => LastFencingToken == FencingToken
        ? string.Create(CultureInfo.InvariantCulture, $"token {FencingToken}")
        : string.Create(CultureInfo.InvariantCulture, $"tokens {FencingToken} to {LastFencingToken}");

    internal string Lease => Remaining is not { } left ? "no end" : left == TimeSpan.Zero ? "its lease has ended" : $"{LockText.Duration(left)} left";
}
