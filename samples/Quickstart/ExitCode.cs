namespace GoGoScope.Quickstart;

/// <summary>What the program tells a script.</summary>
internal static class ExitCode
{
    /// <summary>The run with locks lost nothing.</summary>
    public const int Ok = 0;

    /// <summary>The run with locks lost updates.</summary>
    public const int UpdatesLost = 1;

    /// <summary>The input or an option can't be used.</summary>
    public const int BadInput = 2;

    /// <summary>Ctrl+C, as a shell reports it.</summary>
    public const int Cancelled = 130;
}
