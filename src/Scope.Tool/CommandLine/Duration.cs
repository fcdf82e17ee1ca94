using System.Globalization;

namespace GoGoScope.Tool;

/// <summary>Lengths of time as people write them: 500ms, 30s, 2m, 1h.</summary>
internal static class Duration
{
    /// <summary>What they look like.</summary>
    internal const string Forms = "a number with ms, s, m or h, such as 500ms, 30s, 2m or 1h";

    /// <summary>Longest first, so that no unit is taken for the end of another.</summary>
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Null if <paramref name="text"/> is none of the <see cref="Forms"/>. Zero needs no unit.</summary>
    internal static TimeSpan? TryParse(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        foreach (var (unit, length) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            // Infinity and NaN are numbers to it, whatever their sign.
            return number >= 0 && number * length.TotalDays <= TimeSpan.FromDays(3650).TotalDays ? number * length : null;
        }
        return null;
    }

    /// <summary>In the largest unit that needs no fraction: 90s, 2m. Not more than it is, so that "at most" can be said of it.</summary>
    internal static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var (unit, length) = Units.Last(unit => duration.Ticks % unit.Length.Ticks == 0 || unit.Unit == "ms");
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(duration / length)}{unit}");
    }
}
