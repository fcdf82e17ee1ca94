using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>
/// Every record of an exploration, once, as a number. Its times count from the store's clock and its tokens from the fence; what
/// is further back than matters is moved up.
/// </summary>
internal sealed class RecordTable(Setup setup)
{
    internal const int Free = 0;
    internal const long Clock = 1_000;
    internal const long Fence = 1_000;

    /// <summary>So many tokens behind the fence nobody can give anything back any more.</summary>
    internal const int FarBack = 6;

    private static readonly string[] Processes = ["a", "b", "c"];
    private readonly int _longAgo = -setup.ClockErrors.Max();
    private readonly Dictionary<string, int> _numbers = new() { [""] = Free };
    private readonly List<Entry> _entries = [new(LockRecord.Free, setup.Limits)];
    private readonly Dictionary<(int Record, Renaming Renaming), int> _renamed = [];

    internal Entry this[int record] => _entries[record];

    internal static ContenderId Id(int client, int number) => new(Processes[client], number);

    internal static int ClientOf(string process) => process[0] - 'a';

    internal int NumberOf(LockRecord record)
    {
        var holders = record.Holders.ToArray();
        foreach (ref var holder in holders.AsSpan())
        {
            var farBack = Math.Max(0, Fence - FarBack - holder.LastToken);
            holder = holder with
            {
                Token = holder.Token + farBack,
                LastToken = holder.LastToken + farBack,
                ExpiresAt = Math.Max(holder.ExpiresAt, Clock + _longAgo),
            };
        }
        var normal = new LockRecord(record.IsFree ? 0 : Fence, holders, record.Waiters.ToArray(), record.Permits);
        var body = normal.ToBody();
        if (_numbers.TryGetValue(body, out var known)) return known;
        _entries.Add(new Entry(normal, setup.Limits));
        return _numbers[body] = _entries.Count - 1;
    }

    /// <summary>The record when the clock has moved on.</summary>
    internal int Ticked(int record)
    {
        var entry = _entries[record];
        if (entry.Ticked >= 0) return entry.Ticked;
        var holders = entry.Record.Holders.ToArray();
        foreach (ref var holder in holders.AsSpan()) holder = holder with { ExpiresAt = holder.ExpiresAt - 1 };
        return entry.Ticked = NumberOf(new LockRecord(entry.Record.Fence, holders, entry.Record.Waiters.ToArray(), entry.Record.Permits));
    }

    /// <summary>The record with other names.</summary>
    internal int Renamed(int record, in Renaming renaming)
    {
        if (_renamed.TryGetValue((record, renaming), out var known)) return known;
        var (old, copy) = (_entries[record].Record, renaming);
        var holders = old.Holders.ToArray().Select(h => h with { Id = copy.Of(h.Id) });
        var waiters = old.Waiters.ToArray().Select(w => w with { Contender = w.Contender with { Id = copy.Of(w.Id) } });
        return _renamed[(record, renaming)] = NumberOf(new LockRecord(old.Fence, [.. holders], [.. waiters], old.Permits));
    }

    internal sealed class Entry
    {
        internal Entry(LockRecord record, RecordLimits limits)
        {
            Record = record;
            Holders = [.. record.Holders.ToArray().Select(h => new Held(
                ClientOf(h.Id.Process), (int)h.Id.Number, h.Mode, (int)(h.Token - Fence), (int)(h.LastToken - Fence), (int)(h.ExpiresAt - Clock)))];
            Waiters = [.. record.Waiters.ToArray().Select(w => (ClientOf(w.Id.Process), (int)w.Id.Number))];
            Turn = RecordAudit.Turn(record, limits) is { } turn ? (ClientOf(turn.Process), (int)turn.Number) : (-1, -1);
            foreach (var holder in Holders) Numbers |= 1 << (holder.Client * 8 + holder.Number);
            foreach (var (client, number) in Waiters) Numbers |= 1 << (client * 8 + number);
        }

        internal LockRecord Record { get; }

        internal Held[] Holders { get; }

        internal (int Client, int Number)[] Waiters { get; }

        /// <summary>Who waits although it could be granted the lock, because one swap draws only so many tokens; -1 for nobody.</summary>
        internal (int Client, int Number) Turn { get; }

        /// <summary>A bit for each id in it.</summary>
        internal int Numbers { get; }

        internal int Ticked { get; set; } = -1;

        internal int IndexOfHolder(int client, int number)
        {
            for (var i = 0; i < Holders.Length; i++)
            {
                if (Holders[i].Client == client && Holders[i].Number == number) return i;
            }
            return -1;
        }

        /// <summary>Where a client stands first: among the holders, else among the waiters.</summary>
        internal int PlaceOf(int client)
        {
            for (var i = 0; i < Holders.Length; i++)
            {
                if (Holders[i].Client == client) return i;
            }
            for (var i = 0; i < Waiters.Length; i++)
            {
                if (Waiters[i].Client == client) return Math.Min(6, 3 + i);
            }
            return 7;
        }

        internal bool Has(int client) => (Numbers >> (client * 8) & 0xFF) != 0;
    }

    /// <summary>A holder, in numbers that count from the fence and from the clock.</summary>
    internal readonly record struct Held(int Client, int Number, LockMode Mode, int Token, int LastToken, int ExpiresAt);
}
