namespace GoGoScope.Persistence.Postgres;

/// <summary>A swap as the statements take it; made before anything is sent, so that what can't be stored is refused at once.</summary>
internal sealed class EncodedSwap
{
    /// <exception cref="ArgumentException">The key or body can't be stored.</exception>
    internal EncodedSwap(in LockSwap swap, int index)
    {
        ArgumentException.ThrowIfNullOrEmpty(swap.Key);
        Swap = swap;
        Index = index;
        Name = StoredText.Encode(swap.Key);
        Hash = StoredText.Hash(Name);
        Body = swap.Body.Length == 0 ? null : StoredText.Encode(swap.Body);
    }

    internal LockSwap Swap { get; }

    /// <summary>Its place among those that were given together.</summary>
    internal int Index { get; }

    internal byte[] Name { get; }

    internal byte[] Hash { get; }

    internal byte[]? Body { get; }

    /// <summary>Which statements it takes.</summary>
    internal SwapShape Shape => new(TakesFree: Swap.Expected == 0, Wakes: Swap.Wake is { Count: > 0 });

    /// <summary>What came of it, or what is in its place.</summary>
    internal StoredRecord Answer { get; set; }

    /// <summary>Whether <see cref="Answer"/> says what came of it, and not that there is no epoch.</summary>
    internal bool IsAnswered { get; set; }

    /// <summary>Whether it will be answered when the transaction is committed.</summary>
    internal bool FoundEpoch { get; set; }
}
