namespace GoGoScope;

/// <summary>A lease ended while its guard was still in use: somebody else may hold the lock by now.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>Creates the exception with a message of your own.</summary>
    public LeaseLostException(string message) : base(message) { }

    /// <summary>Creates the exception with a message and a cause of your own.</summary>
    public LeaseLostException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>Creates the exception for the lease of <paramref name="key"/> that had <paramref name="fencingToken"/>.</summary>
    public LeaseLostException(string? key, long fencingToken, string reason) : this(LockText.Describe(key), key, fencingToken, reason) { }

    /// <param name="what">What the lease was on, as it reads after "the lease on".</param>
    /// <param name="key">Its key.</param>
    /// <param name="fencingToken">The token that it had.</param>
    /// <param name="reason">Why it was lost.</param>
    internal LeaseLostException(string what, string? key, long fencingToken, string reason)
        : base($"The lease on {what} with fencing token {fencingToken} was lost: {reason}. Somebody else may hold it now.")
    {
        Key = key;
        FencingToken = fencingToken;
    }

    /// <summary>What <paramref name="lost"/> says, with what the work under the lease came to.</summary>
    internal LeaseLostException(LeaseLostException lost, Exception work) : base(lost.Message, work)
    {
        Key = lost.Key;
        FencingToken = lost.FencingToken;
    }

    /// <summary>The key whose lease ended; null for a lock without one.</summary>
    public string? Key { get; }

    /// <summary>The fencing token of the lease that ended; a fenced resource refuses it once a later one was seen.</summary>
    public long FencingToken { get; }
}
