using System.Globalization;

namespace GoGoScope.Tool;

/// <summary>What a supervisor is told when it starts, on its command line.</summary>
/// <param name="Commands">The handle of the pipe at which it is told more.</param>
/// <param name="Events">That of the pipe at which it tells what happens.</param>
/// <param name="Until">The timestamp until which the lease can be relied upon.</param>
/// <param name="Grace">How long before that the program is asked to end.</param>
internal sealed record SupervisorSettings(string Commands, string Events, long Until, TimeSpan Grace)
{
    /// <summary>The first argument of a supervisor's process.</summary>
    internal const string Command = "supervise";

    /// <summary>How many arguments are the supervisor's own.</summary>
    internal const int Words = 5;

    internal static SupervisorSettings Parse(IReadOnlyList<string> args) => new(
        args[1], args[2], long.Parse(args[3], CultureInfo.InvariantCulture), new TimeSpan(long.Parse(args[4], CultureInfo.InvariantCulture)));

    /// <summary>Whether the program would be asked to end as soon as it is started.</summary>
    internal bool IsTooLate => BootTime.Provider.GetElapsedTime(BootTime.Provider.GetTimestamp(), Until) <= Grace;

    internal string[] Arguments() => [Command, Commands, Events, Text(Until), Text(Grace.Ticks)];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
