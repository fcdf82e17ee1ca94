using System.Globalization;

namespace GoGoScope;

/// <summary>Words that holders and waiters have in common.</summary>
internal static class InspectionText
{
    internal static string Mode(LockMode mode) => mode switch
    {
        LockMode.Exclusive => "exclusive",
        LockMode.Read => "read",
        _ => "permits",
    };

    /// <param name="mode">How a key is held.</param>
    /// <param name="weight">With how many permits, if it is a semaphore.</param>
    internal static string Mode(LockMode mode, int weight) => weight > 0 ? LockText.Permits(weight) : Mode(mode);

    internal static string Since(DateTimeOffset? since) => since is null ? "" : $", since {Time(since)}";

    /// <summary>A time as people read it, to the second.</summary>
    internal static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";

    internal static string Process(string? process) => process is null ? "" : $", process {OneLine(process)}";

    /// <summary>Keys and owners are any text, that of others too, which must make no lines and no commands for a terminal of its own.</summary>
    internal static string OneLine(string text) => string.Concat(text.Select(static letter => char.IsControl(letter) ? '\uFFFD' : letter));
}
