using System.Runtime.InteropServices;

namespace GoGoScope.Tool;

/// <summary>The system could not start a program.</summary>
internal sealed class NotStartedException(int error) : Exception(Marshal.GetPInvokeErrorMessage(error))
{
    /// <summary>The system's number of the error.</summary>
    internal int Error { get; } = error;
}
