using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>Bad input is refused where it enters, with the value and what would be right.</summary>
internal static class Ensure
{
    internal static TimeSpan Timeout(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "timeout")
    {
        if (value < TimeSpan.Zero && value != System.Threading.Timeout.InfiniteTimeSpan) RefuseTimeout(value, name);
        return value;
    }

    internal static TimeSpan Positive(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value <= TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(name, value, "Must be more than zero.");
        return value;
    }

    internal static TimeSpan NotNegative(TimeSpan value, string name)
    {
        if (value < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(name, value, "Must be zero or more.");
        return value;
    }

    internal static TimeSpan? PositiveOrNull(TimeSpan? value, [CallerMemberName] string name = "")
    {
        if (value is { } set) Positive(set, name);
        return value;
    }

    internal static int AtLeastOne(int value, [CallerMemberName] string name = "")
    {
        if (value < 1) throw new ArgumentOutOfRangeException(name, value, "Must be at least 1.");
        return value;
    }

    internal static int NotNegative(int value, [CallerMemberName] string name = "")
    {
        if (value < 0) throw new ArgumentOutOfRangeException(name, value, "Must be zero or more.");
        return value;
    }

    internal static int Between(int value, int least, int most, [CallerMemberName] string name = "")
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"Must be from {least} to {most}."));
        return value;
    }

    internal static double Between(double value, double least, double most, [CallerMemberName] string name = "")
    {
        if (!(value >= least && value <= most))
            throw new ArgumentOutOfRangeException(name, value, FormattableString.Invariant($"Must be from {least} to {most}."));
        return value;
    }

    internal static int? AtLeastOneOrNull(int? value, [CallerMemberName] string name = "")
    {
        if (value is { } set) AtLeastOne(set, name);
        return value;
    }

    internal static T NotNull<T>(T? value, [CallerArgumentExpression(nameof(value))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    internal static string Key(string? value, [CallerArgumentExpression(nameof(value))] string name = "key")
    {
        if (string.IsNullOrWhiteSpace(value)) RefuseName(value, name);
        return value!;
    }

    internal static string? NameOrNull(string? value, [CallerMemberName] string name = "")
    {
        if (value is not null && string.IsNullOrWhiteSpace(value)) RefuseName(value, name);
        return value;
    }

    internal static T Defined<T>(T value, [CallerMemberName] string name = "") where T : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new ArgumentOutOfRangeException(name, value, $"Must be one of {string.Join(", ", Enum.GetNames<T>())}.");
        return value;
    }

    private static void RefuseTimeout(TimeSpan value, string name) =>
        throw new ArgumentOutOfRangeException(name, value, "A timeout is zero, positive, or Timeout.InfiniteTimeSpan.");

    private static void RefuseName(string? value, string name)
    {
        if (value is null) throw new ArgumentNullException(name);
        throw new ArgumentException($"Must not be empty or white space, but was \"{value}\".", name);
    }
}
