namespace GoGoScope;

/// <summary>What the failure of a run under a key does to the runs that are queued for that key.</summary>
public enum OnError
{
    /// <summary>The next run begins as if nothing had happened.</summary>
    Continue,

    /// <summary>
    /// The runs that are queued in this process at that moment fail with <see cref="ExclusiveRunStoppedException"/>. Whoever comes
    /// later finds the key as if nothing had happened.
    /// </summary>
    Stop,
}
