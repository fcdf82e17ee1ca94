namespace GoGoScope;

/// <summary>A store of locks could not be used: it did not answer, it refused, or what it keeps makes no sense.</summary>
public sealed class LockProviderException : Exception
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public LockProviderException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public LockProviderException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the exception for <paramref name="key"/> in a store, with what the store's driver threw.</summary>
    public LockProviderException(string store, string key, string what, Exception? innerException = null)
        : base($"The store \"{store}\" could not be used for {LockText.Describe(key)}: {what}", innerException)
    {
        Store = store;
        Key = key;
    }

    /// <summary>The store's name; null if the exception was made with a message of one's own.</summary>
    public string? Store { get; }

    /// <summary>The key that was asked for; null if the exception was made with a message of one's own.</summary>
    public string? Key { get; }
}
