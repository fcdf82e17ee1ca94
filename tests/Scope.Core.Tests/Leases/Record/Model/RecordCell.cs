namespace GoGoScope.Tests.Leases.Record.Model;

/// <summary>One key of a store, of which every word is kept: what <see cref="ILockStore"/> says of a swap. Records pass through it as text.</summary>
internal sealed class RecordCell
{
    internal const long Second = 1_000_000;

    /// <summary>2026-11-11 11:11:11 UTC.</summary>
    internal const long Start = 1_794_395_471_000_000;

    internal long Clock { get; set; } = Start;

    internal RecordLimits Limits { get; init; } = RecordLimits.Default;

    internal StoredRecord Stored { get; private set; }

    internal LockRecord Record => LockRecord.Parse(Stored);

    internal RecordCell() => Stored = new StoredRecord(0, 0, "", Clock);

    /// <summary>Puts a record there, as if somebody had written it.</summary>
    internal void Put(string body, long fence) => Stored = new StoredRecord(Stored.Version + 1, fence, body, Clock);

    /// <summary>What <paramref name="command"/> would make of the record, for a caller that takes the clock for <paramref name="now"/>.</summary>
    internal Transition Try(LockCommand command, long? now = null, params string[] dead) =>
        Record.Apply(command, new Circumstances { Now = now ?? Clock, Dead = dead.Length > 0 ? dead.ToHashSet() : null, Limits = Limits });

    /// <summary>Takes <paramref name="command"/> to its end; the tokens of the answer are absolute.</summary>
    internal Transition Do(LockCommand command, params string[] dead) => Swap(Try(command, now: null, dead)) ?? throw new InvalidOperationException("The swap was refused.");

    /// <summary>Swaps the record, if there is something to swap; null if the store refuses.</summary>
    internal Transition? Swap(Transition made)
    {
        if (!made.Changed) return made;
        var swap = made.ToSwap("key", Stored, Stored.Version + 1, notAfter: Clock + Second);
        if (Clock < swap.NotBefore) return null;
        if (swap.Draw < -RecordLimits.MaxDraw) throw new InvalidOperationException($"A swap that draws {swap.Draw}.");
        var fence = (Stored.IsFree ? Math.Max(Stored.Fence, Clock) : Stored.Fence) + swap.Draw;
        Stored = new StoredRecord(swap.Version, fence, swap.Body, Clock);
        return made with { Tokens = made.Tokens.At(fence), Record = made.Record.At(fence) };
    }

    /// <summary>Who holds and who waits, such as "a! b" for a writer and "a b" for readers, "a! | b c!" if some wait.</summary>
    public override string ToString()
    {
        var record = Record;
        var holders = string.Join(' ', record.Holders.ToArray().Select(h => Name(h.Id, h.Mode)));
        var waiters = string.Join(' ', record.Waiters.ToArray().Select(w => Name(w.Id, w.Mode)));
        return waiters.Length == 0 ? holders : $"{holders} | {waiters}";
    }

    private static string Name(ContenderId id, LockMode mode) =>
        id.Process + (id.Number == 0 ? "" : $".{id.Number}") + (mode == LockMode.Exclusive ? "!" : "");
}
