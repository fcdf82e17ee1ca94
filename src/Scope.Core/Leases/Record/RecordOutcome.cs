namespace GoGoScope;

/// <summary>What a command has come to, once its record stands in the store or if it has changed nothing.</summary>
internal enum RecordOutcome
{
    /// <summary>It holds the lock.</summary>
    Granted,

    /// <summary>It stands in the queue.</summary>
    Waiting,

    /// <summary>It would have to wait, and may not.</summary>
    Refused,

    /// <summary>It would have to wait, and too many do.</summary>
    QueueFull,

    /// <summary>The key is in use as something else: as a lock, as a semaphore, or as one of another number of permits.</summary>
    InOtherUse,

    /// <summary>It neither holds nor waits.</summary>
    Released,

    /// <summary>It holds the lock at least as long as it asked for.</summary>
    Renewed,

    /// <summary>Its hold has expired, or there is no such hold or wait.</summary>
    Lost,
}
