namespace GoGoScope.Tool;

/// <summary>How the program has ended.</summary>
/// <param name="Kind">In which way.</param>
/// <param name="Number">Its exit code, the signal that killed it, or the system's error.</param>
/// <param name="WasMade">Whether the supervisor has ended it.</param>
internal readonly record struct ProgramEnd(ProgramEndKind Kind, int Number, bool WasMade = false);

/// <summary>The ways in which a program ends.</summary>
internal enum ProgramEndKind
{
    /// <summary>By itself, with an exit code.</summary>
    Exited,

    /// <summary>By a signal.</summary>
    Killed,

    /// <summary>It never began.</summary>
    NotStarted,

    /// <summary>It was not begun: its lease was about to end.</summary>
    TooLate,

    /// <summary>Nobody knows: the supervisor was killed.</summary>
    Unknown,
}
