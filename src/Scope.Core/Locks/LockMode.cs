namespace GoGoScope;

/// <summary>How a lock is held.</summary>
public enum LockMode
{
    /// <summary>By one holder, who excludes everybody else: what <c>AcquireAsync</c> and <c>AcquireWriteAsync</c> give.</summary>
    Exclusive,

    /// <summary>Together with other readers, excluding only exclusive holders: what <c>AcquireReadAsync</c> gives.</summary>
    Read,
}
