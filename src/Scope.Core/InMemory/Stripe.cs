using System.Diagnostics;

namespace GoGoScope;

/// <summary>
/// A share of the keys of one provider behind one gate: the table of the entries that are in use, the pools of what can
/// be used again, and the source of fencing tokens. A lock without a key has a stripe to itself.
/// </summary>
/// <remarks>
/// A key always falls to the same stripe, so tokens drawn from the stripe rise for each of its keys even though an
/// entry is forgotten the moment nobody uses it.
/// </remarks>
internal sealed class Stripe
{
    private const int SmallestTable = 16;
    private const int EntriesKept = 8;
    private const int HoldsKept = 128;
    private const int WaitersKept = 128;

    // Of the year 2077. The short way has 52 bits for a token.
    private const long HighestFirstToken = 3L << 50;

    internal Gate Gate;

    private LockEntry?[]? _table;
    private int _count;

    private LockEntry? _freeEntries;
    private Hold? _freeHolds;
    private Waiter? _freeWaiters;
    private int _freeEntryCount;
    private int _freeHoldCount;
    private int _freeWaiterCount;

    internal Stripe() => TelemetryMaking.BeforeGates();

    internal int Count => Volatile.Read(ref _count);

    /// <summary>The highest token that was drawn, under the gate.</summary>
    internal long LastToken { get; set; } = FirstToken(TimeProvider.System.GetUtcNow());

    internal long NextTokenHoldingGate() => ++LastToken;

    internal LockEntry? FindHoldingGate(string key, int hash) =>
        _table is { } table ? Find(table[Slot(hash, table)], key, hash) : null;

    internal LockEntry FindOrAddHoldingGate(string key, int hash)
    {
        var table = _table ??= new LockEntry?[SmallestTable];
        ref var bucket = ref table[Slot(hash, table)];
        if (Find(bucket, key, hash) is { } found) return found;

        var added = RentEntryHoldingGate();
        added.Key = key;
        added.Hash = hash;
        added.NextInBucket = bucket;
        bucket = added;
        if (++_count > table.Length) ResizeHoldingGate(table.Length * 2);
        return added;
    }

    internal void RemoveHoldingGate(LockEntry entry)
    {
        var table = _table!;
        ref var link = ref table[Slot(entry.Hash, table)];
        while (link != entry)
        {
            Debug.Assert(link is not null, "an entry is not in the table it belongs to");
            link = ref link!.NextInBucket;
        }
        link = entry.NextInBucket;
        entry.NextInBucket = null;
        entry.Key = null;
        if (--_count < table.Length / 8 && table.Length > SmallestTable) ResizeHoldingGate(table.Length / 2);

        if (_freeEntryCount == EntriesKept) return;
        _freeEntryCount++;
        entry.NextInBucket = _freeEntries;
        _freeEntries = entry;
    }

    /// <summary>Calls <paramref name="visit"/>, which must only read and collect, for every entry.</summary>
    internal void VisitHoldingGate(Action<LockEntry> visit)
    {
        if (_table is null) return;
        foreach (var bucket in _table)
        {
            for (var entry = bucket; entry is not null; entry = entry.NextInBucket) visit(entry);
        }
    }

    internal Hold RentHoldHoldingGate(LockEntry entry)
    {
        if (_freeHolds is not { } hold) return new Hold(entry);
        _freeHolds = hold.Next;
        _freeHoldCount--;
        hold.Next = null;
        hold.Entry = entry;
        return hold;
    }

    internal void ReturnHoldingGate(Hold hold)
    {
        Debug.Assert(hold.Token == 0, "a hold that is held was returned to the pool");
        if (_freeHoldCount == HoldsKept) return;
        _freeHoldCount++;
        hold.Next = _freeHolds;
        _freeHolds = hold;
    }

    /// <summary>The waiter that is rented next; null if that is a new one.</summary>
    internal Waiter? FreeWaiter => _freeWaiters;

    internal Waiter RentWaiterHoldingGate()
    {
        if (_freeWaiters is not { } waiter) return new Waiter();
        _freeWaiters = (Waiter?)waiter.Next;
        _freeWaiterCount--;
        waiter.Next = null;
        return waiter;
    }

    internal void Return(Waiter waiter)
    {
        Gate.Enter();
        ReturnHoldingGate(waiter);
        Gate.Exit();
    }

    /// <summary>Takes back a waiter that is done; one that is not is left to the garbage collector.</summary>
    internal void ReturnHoldingGate(Waiter waiter)
    {
        if (!waiter.IsDone || _freeWaiterCount == WaitersKept) return;
        waiter.ResetHoldingGate();
        _freeWaiterCount++;
        waiter.Next = _freeWaiters;
        _freeWaiters = waiter;
    }

    private static LockEntry? Find(LockEntry? bucket, string key, int hash)
    {
        for (var entry = bucket; entry is not null; entry = entry.NextInBucket)
        {
            if (entry.Hash == hash && entry.Key == key) return entry;
        }
        return null;
    }

    private LockEntry RentEntryHoldingGate()
    {
        if (_freeEntries is not { } entry) return new LockEntry(this, isKeyed: true);
        _freeEntries = entry.NextInBucket;
        _freeEntryCount--;
        return entry;
    }

    private void ResizeHoldingGate(int size)
    {
        var larger = new LockEntry?[size];
        foreach (var bucket in _table!)
        {
            for (var entry = bucket; entry is not null;)
            {
                var next = entry.NextInBucket;
                ref var slot = ref larger[Slot(entry.Hash, larger)];
                entry.NextInBucket = slot;
                slot = entry;
                entry = next;
            }
        }
        _table = larger;
    }

    // The provider chose the stripe by the low bits; the slot is chosen by the high ones.
    private static int Slot(int hash, LockEntry?[] table) => (int)((uint)hash >> 8) & (table.Length - 1);

    /// <summary>Whatever year the clock says, a number that is a token, and leaves room for as many as will ever be drawn.</summary>
    internal static long FirstToken(DateTimeOffset now) =>
        Math.Clamp((now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, 1, HighestFirstToken);
}
