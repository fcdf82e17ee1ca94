using System.Globalization;
using System.Text.Json;

namespace GoGoScope;

/// <summary>Times of a store's clock, in microseconds since 1970-01-01 UTC, and their text: ISO 8601, such as 2026-01-31T12:00:00.000001Z.</summary>
internal static class StoreTime
{
    /// <summary>The end of the year 9999, since no text says more: a lease that would last longer ends then.</summary>
    internal static readonly long Latest = FromTicks(DateTime.MaxValue.Ticks);

    /// <summary>As many bytes as <see cref="Format"/> needs.</summary>
    internal const int LongestText = 28;

    internal static ReadOnlySpan<byte> Format(long time, Span<byte> utf8)
    {
        var ticks = DateTime.UnixEpoch.Ticks + Math.Clamp(time, 0, Latest) * TimeSpan.TicksPerMicrosecond;
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(utf8, out var length, "O", CultureInfo.InvariantCulture);
        // The seventh digit is always zero.
        utf8[length - 2] = (byte)'Z';
        return utf8[..(length - 1)];
    }

    /// <summary>The time as the framework has it.</summary>
    internal static DateTimeOffset ToDate(long time) => DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(time, 0, Latest) * TimeSpan.TicksPerMicrosecond);

    internal static bool TryRead(ref readonly Utf8JsonReader reader, out long time)
    {
        time = 0;
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out var read)) return false;
        time = FromTicks(read.UtcTicks);
        return true;
    }

    /// <summary>How many microseconds <paramref name="span"/> lasts, at least one.</summary>
    internal static long Length(TimeSpan span) => Math.Max(1, span.Ticks / TimeSpan.TicksPerMicrosecond);

    private static long FromTicks(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
