namespace GoGoScope.Tool;

/// <summary>What a user can mend; the message is one line that says what and how.</summary>
internal sealed class ToolException(int exitCode, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>What gogoscope ends with.</summary>
    internal int ExitCode { get; } = exitCode;
}
