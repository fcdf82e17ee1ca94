namespace GoGoScope;

/// <summary>Why a scope was cancelled: the first cause counts.</summary>
/// <param name="Cause">What kind of cause it was.</param>
/// <param name="Message">The cause in words.</param>
/// <param name="Exception">The failure or the lost lease that caused it, here or in a scope above; null for other causes.</param>
public sealed record CancellationReason(CancellationCause Cause, string Message, Exception? Exception)
{
    /// <summary>How much time there was, if the cause is <see cref="CancellationCause.Deadline"/>.</summary>
    internal TimeSpan Timeout { get; init; }

    internal static readonly CancellationReason Ended = new(CancellationCause.Disposed, "The scope has come to its end.", null);
}
