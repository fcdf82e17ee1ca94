using System.Globalization;

namespace GoGoScope;

/// <summary>
/// Stands for the failures of a scope that were too many to be kept. Of those that nobody had observed, the first 1,024 stand
/// before it and the last ones, at least 512, after it.
/// </summary>
public sealed class ForgottenFailuresException : Exception
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public ForgottenFailuresException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public ForgottenFailuresException(string message, Exception? innerException) : base(message, innerException) { }

    internal ForgottenFailuresException(long count) : base(string.Create(CultureInfo.InvariantCulture, $"{count:N0} failures that came here were not kept.")) => Count = count;

    /// <summary>How many failures were not kept.</summary>
    public long Count { get; }
}
