namespace GoGoScope.Tool;

/// <summary>What gogoscope itself tells a script. Any other code is the program's own, or 128 and the number of the signal that killed it.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;

    /// <summary>Systems keep no more of one than a byte.</summary>
    internal const int Highest = 255;

    /// <summary>The lock was not granted within <c>--wait</c>.</summary>
    internal const int NotGranted = 112;

    /// <summary>The lease was lost, and the program was ended.</summary>
    internal const int LeaseLost = 113;

    /// <summary>The store can't be used.</summary>
    internal const int NoStore = 114;

    /// <summary>The command line can't be used.</summary>
    internal const int BadInput = 115;

    /// <summary>The program can't be supervised, or was killed together with its supervisor.</summary>
    internal const int NotSupervised = 116;

    /// <summary>The output can't be written.</summary>
    internal const int NotWritten = 117;

    /// <summary>The program was found and can't be run, as shells say.</summary>
    internal const int NotExecutable = 126;

    /// <summary>The program was not found, as shells say.</summary>
    internal const int NotFound = 127;

    /// <summary>It was ended by a signal, as shells say.</summary>
    internal static int OfSignal(int signal) => 128 + signal;
}
