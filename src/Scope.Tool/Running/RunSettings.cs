namespace GoGoScope.Tool;

/// <summary>What <c>gogoscope run</c> is asked for.</summary>
/// <param name="Store">Where the lock is.</param>
/// <param name="Key">Its key.</param>
/// <param name="Program">The program and its arguments.</param>
internal sealed record RunSettings(StorePlace Store, string Key, IReadOnlyList<string> Program)
{
    internal static readonly TimeSpan DefaultTimeToLive = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan ShortestTimeToLive = TimeSpan.FromMilliseconds(500);
    internal static readonly TimeSpan LongestTimeToLive = TimeSpan.FromDays(1);
    internal static readonly TimeSpan MostDefaultGrace = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    /// <summary>The length of the lease: how long others wait after a crash of the machine.</summary>
    internal TimeSpan TimeToLive { get; init; } = DefaultTimeToLive;

    /// <summary>How long the program has, once it is asked to end, before it is killed.</summary>
    internal TimeSpan Grace { get; init; }

    /// <summary>The longest wait for the lock.</summary>
    internal TimeSpan Wait { get; init; } = Timeout.InfiniteTimeSpan;

    internal LockMode Mode { get; init; }

    internal int Priority { get; init; }

    /// <summary>Who holds it, as others see it.</summary>
    internal string Owner { get; init; } = "";

    /// <summary>The exit code if it is not granted.</summary>
    internal int NotGrantedCode { get; init; } = ExitCode.NotGranted;

    /// <summary>The owner that others see if none is given: machine and process, and the program without its arguments, in which secrets could stand.</summary>
    internal static string DefaultOwner(string program) => $"{Environment.MachineName}/{Environment.ProcessId} {Path.GetFileName(program)}";

    /// <summary>5 seconds, but not more than the longest.</summary>
    internal static TimeSpan DefaultGrace(TimeSpan timeToLive) => LongestGrace(timeToLive) < MostDefaultGrace ? LongestGrace(timeToLive) : MostDefaultGrace;

    /// <summary>A third of the lease. A renewal begins after another third, and one that is late must not end the program.</summary>
    internal static TimeSpan LongestGrace(TimeSpan timeToLive) => timeToLive / 3;
}
