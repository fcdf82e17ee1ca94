using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>A scope at one moment: what <see cref="Scope.Dump"/> says in words, and <see cref="Scope.DumpJson"/> for programs.</summary>
internal sealed record ScopeSnapshot(string? Name, string State)
{
    public CancelledBy? Cancelled { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    public required OldestChildren Running { get; init; }

    public required OldestChildren Pending { get; init; }

    public required IReadOnlyList<FailureText> Failures { get; init; }

    public required IReadOnlyList<string> Owns { get; init; }

    public required IReadOnlyList<HeldLock> Holds { get; init; }

    public required IReadOnlyList<AwaitedLock> Waits { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<ScopeSnapshot> Scopes { get; init; }

    internal string ToJson() => JsonSerializer.Serialize(this, ScopeSnapshotJson.Readable.ScopeSnapshot);

    internal void AppendTo(StringBuilder text, string indent)
    {
        var inner = indent + "  ";
        text.Append(indent).AppendLine(Headline());
        Running.AppendTo(text, inner + "running");
        Pending.AppendTo(text, inner + "pending");
        foreach (var failure in Failures) text.Append(inner).AppendLine(CultureInfo.InvariantCulture, $"failed: {failure.Type}: {failure.Message}");
        foreach (var resource in Owns) text.Append(inner).Append("owns: ").AppendLine(resource);
        foreach (var held in Holds) text.Append(inner).AppendLine(CultureInfo.InvariantCulture, $"holds: {held.Lock}, {LockText.Describe(held.Mode, held.Weight)}, {held.Owner}, token {held.FencingToken}");
        foreach (var wait in Waits)
            text.Append(inner).AppendLine(CultureInfo.InvariantCulture, $"waits: {wait.Lock}, {LockText.Describe(wait.Mode, wait.Weight)}, {wait.Owner}, place {wait.Place} of {wait.Waiting}, held by {string.Join(", ", wait.HeldBy)}");
        foreach (var warning in Warnings) text.Append(inner).Append("warning: ").AppendLine(warning);
        foreach (var scope in Scopes) scope.AppendTo(text, inner);
    }

    internal string Headline()
    {
        var text = new StringBuilder(Name is null ? "Scope" : $"Scope \"{Name}\"").Append(": ").Append(State);
        if (Cancelled is { } cancelled) text.Append(CultureInfo.InvariantCulture, $", cancelled ({cancelled.Cause}: {cancelled.Message})");
        if (Deadline is { } deadline) text.Append(CultureInfo.InvariantCulture, $", deadline {deadline:yyyy-MM-dd HH:mm:ss.fff}Z");
        return text.ToString();
    }

    internal sealed record CancelledBy(CancellationCause Cause, string Message);

    internal sealed record FailureText(string Type, string Message);

    internal sealed record HeldLock(
        string Lock, string? Key, LockMode Mode, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Weight, string Owner, long FencingToken);

    internal sealed record AwaitedLock(
        string Lock, string? Key, LockMode Mode, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Weight, string Owner, int Priority,
        int Place, int Waiting, IReadOnlyList<string> HeldBy);
}
