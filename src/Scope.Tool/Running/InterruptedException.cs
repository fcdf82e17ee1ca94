using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>INT has ended the program, or gogoscope before there was one. gogoscope ends of it, too: a shell whose command has only an exit code goes on with its script after Ctrl+C.</summary>
[SupportedOSPlatform("linux")]
internal sealed class InterruptedException : Exception
{
    private const nint Default = 0;

    /// <summary>Ends this process.</summary>
    /// <returns>What is left to end with where the signal is blocked.</returns>
    internal static int End()
    {
        Libc.SetHandler(Signal.Interrupt, Default);
        Libc.Kill(Environment.ProcessId, Signal.Interrupt);
        return ExitCode.OfSignal(Signal.Interrupt);
    }
}
