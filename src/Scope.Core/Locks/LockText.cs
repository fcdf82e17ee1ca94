using System.Globalization;

namespace GoGoScope;

/// <summary>How locks and durations read in errors and dumps.</summary>
internal static class LockText
{
    private const int LongestKeyShown = 128;

    internal static string Describe(string? key) => key is null ? "A lock without a key" : $"Lock \"{Shorten(key)}\"";

    /// <summary>A key that is held or wanted in <paramref name="mode"/>, at the start of a sentence.</summary>
    internal static string Describe(string? key, LockMode mode) => mode == LockMode.Permits && key is not null ? $"Semaphore \"{Shorten(key)}\"" : Describe(key);

    internal static string Describe(LockMode mode, int weight) => weight == 0 ? mode.ToString() : Permits(weight);

    internal static string Permits(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "permit" : "permits")}");

    internal static string Shorten(string key) =>
        key.Length <= LongestKeyShown ? key : $"{key.AsSpan(0, LongestKeyShown)}… ({key.Length} characters)";

    internal static string Duration(TimeSpan duration)
    {
        if (duration == Timeout.InfiniteTimeSpan) return "forever";
        return duration < TimeSpan.FromSeconds(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms")
            : duration < TimeSpan.FromMinutes(2)
                ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s")
                : duration.ToString("c", CultureInfo.InvariantCulture);
    }
}
