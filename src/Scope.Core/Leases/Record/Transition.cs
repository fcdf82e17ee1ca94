namespace GoGoScope;

/// <summary>What a command makes of a record. It counts when the swap has succeeded, or at once if there is nothing to swap.</summary>
internal readonly record struct Transition
{
    internal required LockRecord Record { get; init; }

    internal required RecordOutcome Outcome { get; init; }

    /// <summary>The tokens of a hold that was granted, to be taken <see cref="TokenRange.At"/> the fence of the store's reply.</summary>
    internal TokenRange Tokens { get; init; }

    /// <summary>When the lease of a hold that was granted or renewed ends, by the store's clock.</summary>
    internal long ExpiresAt { get; init; }

    /// <summary>Whether the record is another one, which has to be swapped in.</summary>
    internal bool Changed { get; init; }

    /// <summary>The latest end of a lease that was evicted; zero if none was.</summary>
    internal long NotBefore { get; init; }

    /// <summary>What the fence changes by: see <see cref="LockSwap.Draw"/>.</summary>
    internal long Draw { get; init; }

    /// <summary>
    /// The processes to be told of the new record; null for nobody. They are those that were granted the lock, less the caller's
    /// own, which sees for itself; those who hold it and would hand it on inside, when the first of another process has come to wait;
    /// and, if there were more readers than one swap can draw tokens for, whoever has to go on.
    /// </summary>
    internal IReadOnlyList<string>? Wake { get; init; }

    /// <summary>Until when the store must keep the record; zero for a free one.</summary>
    internal long KeepUntil { get; init; }

    /// <summary>The swap that puts the record in the place of the one it was made from.</summary>
    internal LockSwap ToSwap(string key, in StoredRecord replaced, long version, long notAfter) => new()
    {
        Key = key,
        Expected = replaced.IsFree ? 0 : replaced.Version,
        Version = version,
        Body = Record.ToBody(),
        Draw = Draw,
        NotBefore = NotBefore,
        NotAfter = notAfter,
        KeepUntil = KeepUntil,
        Wake = Wake,
    };
}
