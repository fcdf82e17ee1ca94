namespace GoGoScope;

/// <summary>How a key is held.</summary>
public enum LockMode
{
    /// <summary>Held by one holder, who excludes everybody else: what <c>AcquireAsync</c> and <c>AcquireWriteAsync</c> give.</summary>
    Exclusive,

    /// <summary>Shared with other readers, excluding only exclusive holders: what <c>AcquireReadAsync</c> gives.</summary>
    Read,

    /// <summary>
    /// Held as some of the permits of a semaphore, beside others who hold the rest: what <see cref="AsyncSemaphore"/> gives.
    /// </summary>
    Permits,
}
