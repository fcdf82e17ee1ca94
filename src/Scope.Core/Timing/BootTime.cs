using System.Runtime.InteropServices;

namespace GoGoScope;

/// <summary>
/// The system's time, with timestamps that go on while the machine sleeps. A lease does not last longer because the machine of its
/// holder, or all that it runs in, was asleep meanwhile.
/// </summary>
/// <remarks>
/// .NET's timestamps stand still then on Linux and macOS (dotnet/runtime#77945), and go on on Windows. Timers stand still everywhere: they
/// are set again at least each <see cref="LongestTimer"/>, and then see what the timestamps say.
/// </remarks>
internal sealed class BootTime : TimeProvider
{
    /// <summary>For how long a timer is set at most: so much later than the machine's waking it fires at the latest.</summary>
    internal static readonly TimeSpan LongestTimer = TimeSpan.FromSeconds(1);

    /// <summary>For how long a timer is set, to look again, if there is <paramref name="left"/> to wait.</summary>
    internal static TimeSpan TimerFor(TimeSpan left) => left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer;

    private const long UnitsPerSecond = 1_000_000_000;

    // CLOCK_BOOTTIME of Linux; CLOCK_MONOTONIC of macOS, which is what counts sleep there.
    private static readonly int Clock = OperatingSystem.IsMacOS() ? 6 : 7;

    private BootTime()
    {
    }

    /// <summary>Instead of the system's, where there is need and this can be had.</summary>
    internal static TimeProvider Provider { get; } = CanBeHad() ? new BootTime() : System;

    public override long TimestampFrequency => UnitsPerSecond;

    public override long GetTimestamp()
    {
        var failed = Read(Clock, out var time);
        return failed == 0 ? time.Seconds * UnitsPerSecond + time.Nanoseconds : throw new InvalidOperationException($"The system's clock {Clock} could not be read any more.");
    }

    private static bool CanBeHad()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS()) return false;
        try
        {
            return Read(Clock, out _) == 0;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "clock_gettime"), SuppressGCTransition, DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        internal readonly nint Seconds;
        internal readonly nint Nanoseconds;
    }
}
