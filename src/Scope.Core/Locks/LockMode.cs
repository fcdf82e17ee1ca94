namespace GoGoScope;

/// <summary>How a key is held.</summary>
public enum LockMode
{
    /// <summary>By one holder, who excludes everybody else: what <c>AcquireAsync</c> and <c>AcquireWriteAsync</c> give.</summary>
    Exclusive,

    /// <summary>Together with other readers, excluding only exclusive holders: what <c>AcquireReadAsync</c> gives.</summary>
    Read,

    /// <summary>With some of the permits of a semaphore, beside others who hold the rest: what <see cref="AsyncSemaphore"/> gives.</summary>
    Permits,
}
