namespace GoGoScope;

/// <summary>
/// A key was asked for as one thing while it is in use as another: as a lock and as a semaphore, or as semaphores of different numbers
/// of permits. Nobody guesses which is right; it may be asked for in the other way when nobody holds it or waits for it any more.
/// </summary>
public sealed class KeyInOtherUseException : InvalidOperationException
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public KeyInOtherUseException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public KeyInOtherUseException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the exception that a provider throws.</summary>
    /// <param name="key">The key.</param>
    /// <param name="asked">How many permits whoever asks takes it to have; zero if for a lock.</param>
    /// <param name="found">How many those have agreed on who use it; zero if it is a lock to them.</param>
    public KeyInOtherUseException(string key, int asked, int found)
        : base($"Key \"{LockText.Shorten(key)}\" is in use as {Describe(found)} at the moment, and was asked for as {Describe(asked)}.")
    {
        Key = key;
    }

    /// <summary>The key.</summary>
    public string? Key { get; }

    private static string Describe(int permits) => permits == 0 ? "a lock" : $"a semaphore of {LockText.Permits(permits)}";
}
