using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// One key as it stands in a store: who holds it and who waits for it. Immutable and pure: it knows no store and no clock.
/// </summary>
/// <remarks>
/// <para>What holds for every record that <see cref="Apply"/> makes: an exclusive holder is alone; those of a semaphore hold no more
/// permits than it has; whoever ranks best among the waiters could not hold the key together with the holders; no id stands in it
/// twice; nobody was passed over more than <see cref="RecordLimits.MaxPassedOver"/> times; no token is later than the fence.</para>
/// <para>Times are those of the store's clock, in microseconds since 1970-01-01 UTC.</para>
/// </remarks>
internal sealed class LockRecord
{
    /// <summary>
    /// How long a store keeps a record in which somebody waits after the last lease has ended: long enough for the waiters
    /// to look, who would lose nothing but their order.
    /// </summary>
    internal const long Grace = 60_000_000;

    /// <summary>Nobody holds it and nobody waits.</summary>
    internal static readonly LockRecord Free = new(fence: 0, [], []);

    private readonly RecordHolder[] _holders;
    private readonly RecordWaiter[] _waiters;

    internal LockRecord(long fence, RecordHolder[] holders, RecordWaiter[] waiters, int permits = 0)
    {
        Fence = fence;
        Permits = permits;
        _holders = holders;
        _waiters = waiters;
        AssertAgreed();
    }

    /// <summary>
    /// The last token that was drawn. Zero if the record is free, or was made from a free one and isn't stored yet: the store's
    /// clock decides then, and until <see cref="At"/> says what it was, tokens count from it.
    /// </summary>
    internal long Fence { get; }

    /// <summary>
    /// How many permits the semaphore has that this is the record of: those who hold or wait agree on it. Zero for a lock, and for
    /// what is free, which may become either.
    /// </summary>
    internal int Permits { get; }

    /// <summary>One exclusive holder, or readers, or those who hold permits.</summary>
    internal ReadOnlySpan<RecordHolder> Holders => _holders;

    /// <summary>Those who wait, in the order in which they came.</summary>
    internal ReadOnlySpan<RecordWaiter> Waiters => _waiters;

    internal bool IsFree => _holders.Length == 0 && _waiters.Length == 0;

    /// <summary>When somebody who waits should look again, even if nothing wakes it: the earliest end of a lease; zero if nobody holds.</summary>
    internal long NextExpiry
    {
        get
        {
            if (_holders.Length == 0) return 0;
            var next = long.MaxValue;
            foreach (ref readonly var holder in Holders) next = Math.Min(next, holder.ExpiresAt);
            return next;
        }
    }

    /// <summary>The record that stands in a store.</summary>
    /// <exception cref="FormatException">The body is none that this class has written; the message says what is wrong with it.</exception>
    internal static LockRecord Parse(in StoredRecord stored) => stored.IsFree ? Free : RecordReader.Read(stored.Body, stored.Fence);

    /// <summary>The text for the store; empty for a free record.</summary>
    internal string ToBody() => IsFree ? "" : RecordWriter.Write(this);

    /// <summary>What becomes of the record by <paramref name="command"/>.</summary>
    internal Transition Apply(LockCommand command, in Circumstances circumstances) => RecordChange.Make(this, command, in circumstances);

    /// <summary>The record now that it is stored, and the store has said what its fence is.</summary>
    internal LockRecord At(long fence)
    {
        if (Fence != 0 || IsFree) return this;
        var holders = new RecordHolder[_holders.Length];
        for (var i = 0; i < holders.Length; i++)
        {
            var (first, last) = _holders[i].Tokens.At(fence);
            holders[i] = _holders[i] with { Token = first, LastToken = last };
        }
        return new LockRecord(fence, holders, _waiters, Permits);
    }

    /// <summary>Where <paramref name="id"/> stands among the holders; -1 if it doesn't.</summary>
    internal int IndexOfHolder(ContenderId id)
    {
        for (var i = 0; i < _holders.Length; i++)
        {
            if (_holders[i].Id == id) return i;
        }
        return -1;
    }

    /// <summary>Where <paramref name="id"/> stands among the waiters; -1 if it doesn't.</summary>
    internal int IndexOfWaiter(ContenderId id)
    {
        for (var i = 0; i < _waiters.Length; i++)
        {
            if (_waiters[i].Id == id) return i;
        }
        return -1;
    }

    internal Draft<RecordHolder> DraftHolders() => new(_holders);

    internal Draft<RecordWaiter> DraftWaiters() => new(_waiters);

    [Conditional("DEBUG")]
    private void AssertAgreed()
    {
        foreach (ref readonly var holder in Holders) Debug.Assert(holder.Mode == LockMode.Permits == Permits > 0, "a key is a lock and a semaphore at once");
        foreach (ref readonly var waiter in Waiters) Debug.Assert(waiter.Mode == LockMode.Permits == Permits > 0, "a key is a lock and a semaphore at once");
    }

    /// <summary>The text, for debuggers.</summary>
    public override string ToString() => IsFree ? "free" : ToBody();
}
