namespace GoGoScope;

/// <summary>
/// A run that was queued for a key did not begin, because the one that had the key failed with <see cref="OnError.Stop"/>. What
/// that one threw is the <see cref="Exception.InnerException"/>.
/// </summary>
public sealed class ExclusiveRunStoppedException : Exception
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public ExclusiveRunStoppedException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public ExclusiveRunStoppedException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>The exception for a run of <paramref name="key"/> that was queued when another one failed with <paramref name="failure"/>.</summary>
    internal static ExclusiveRunStoppedException Of(string key, Exception failure) =>
        new($"{LockText.Describe(key)}: a run that was queued was stopped, because one before it failed: {ExceptionText.Message(failure)}", failure) { Key = key };

    /// <summary>The key that the run was queued for; null if that is not known.</summary>
    public string? Key { get; private init; }
}
