using System.Globalization;

namespace GoGoScope;

/// <summary>
/// Stands among the failures of a scope for those that were too many to be kept: after the first 1,024 that nobody had observed, and before the last, of which there
/// are 512 at least.
/// </summary>
public sealed class ForgottenFailuresException : Exception
{
    /// <summary>An exception with a message of one's own.</summary>
    public ForgottenFailuresException(string message) : base(message) { }

    /// <summary>An exception with a message and a cause of one's own.</summary>
    public ForgottenFailuresException(string message, Exception? innerException) : base(message, innerException) { }

    internal ForgottenFailuresException(long count) : base(string.Create(CultureInfo.InvariantCulture, $"{count:N0} failures that came here were not kept.")) => Count = count;

    /// <summary>How many they were.</summary>
    public long Count { get; }
}
