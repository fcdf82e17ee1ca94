using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>What a client has worked out: a swap to ask the store for, or nothing to swap. Times count from the store's clock.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Leaver">The number of its id that leaves by it; -1 for none.</param>
/// <param name="Changes">Whether there is something to swap.</param>
/// <param name="Result">The new record.</param>
/// <param name="Draw">What the fence changes by.</param>
/// <param name="NotBefore">How many ticks too early it is.</param>
/// <param name="Wake">A bit for each client that is woken.</param>
/// <param name="Outcome">The answer.</param>
/// <param name="ExpiresAt">When the lease ends, if the answer is about one.</param>
internal sealed record Plan(
    int Client, int Leaver, bool Changes, int Result, int Draw, int NotBefore, int Wake, RecordOutcome Outcome, int ExpiresAt);

/// <summary>Every plan of an exploration, once, as a number. Each is judged by <see cref="RecordAudit"/> when it is made.</summary>
internal sealed class PlanTable(Setup setup, RecordTable records)
{
    private readonly Dictionary<Plan, int> _numbers = [];
    private readonly List<Plan> _plans = [];
    private readonly List<int> _ticked = [];
    private readonly Dictionary<(int Plan, Renaming Renaming), int> _renamed = [];
    private readonly Dictionary<long, int> _made = [];

    internal Plan this[int plan] => _plans[plan];

    /// <summary>How many changes of a record were made and judged.</summary>
    internal int Made => _made.Count;

    internal int Make(int record, int client, Verb verb, int number, int next, int used, int error, int dead)
    {
        var key = (long)record << 20 | (uint)client << 18 | (uint)verb << 15 | (uint)number << 12 | (uint)next << 9 | (uint)(used + RecordTable.FarBack + 1) << 4 | (uint)(error + 1) << 2 | (uint)(dead + 1);
        if (_made.TryGetValue(key, out var known)) return known;
        return _made[key] = NumberOf(Make(records[record].Record, client, Command(client, verb, number, next, used, out var leaver), leaver, error, dead));
    }

    internal int Ticked(int plan)
    {
        if (_ticked[plan] >= 0) return _ticked[plan];
        var now = _plans[plan];
        // Not in one expression: the list grows meanwhile.
        var ticked = NumberOf(now with { Result = records.Ticked(now.Result), NotBefore = Math.Max(0, now.NotBefore - 1), ExpiresAt = Math.Max(0, now.ExpiresAt - 1) });
        return _ticked[plan] = ticked;
    }

    /// <summary>The plan with other names.</summary>
    internal int Renamed(int plan, in Renaming renaming)
    {
        if (_renamed.TryGetValue((plan, renaming), out var known)) return known;
        var old = _plans[plan];
        var wake = 0;
        for (var i = 0; i < Setup.Clients; i++) wake |= (old.Wake >> i & 1) << renaming.OfClient(i);
        return _renamed[(plan, renaming)] = NumberOf(old with
        {
            Client = renaming.OfClient(old.Client),
            Leaver = old.Leaver < 0 ? -1 : renaming.OfNumber(old.Client, old.Leaver),
            Result = records.Renamed(old.Result, in renaming),
            Wake = wake,
        });
    }

    private Plan Make(LockRecord record, int client, LockCommand command, int leaver, int error, int dead)
    {
        var circumstances = new Circumstances
        {
            Now = RecordTable.Clock + error,
            Dead = dead < 0 ? null : new HashSet<string> { RecordTable.Id(dead, 0).Process },
            Limits = setup.Limits,
        };
        var made = record.Apply(command, in circumstances);
        // A clock that is later than the fence makes a free record's tokens start from there.
        var fence = (record.IsFree ? RecordTable.Fence + 1 : RecordTable.Fence) + made.Draw;
        var after = RecordAudit.Check(record, command, in circumstances, in made, fence);
        var wake = 0;
        foreach (var process in made.Wake ?? []) wake |= 1 << RecordTable.ClientOf(process);
        return new Plan(
            client, leaver, made.Changed, records.NumberOf(Moved(after, RecordTable.Fence - fence)), (int)made.Draw,
            made.NotBefore == 0 ? 0 : Math.Max(0, (int)(made.NotBefore - RecordTable.Clock)), wake, made.Outcome,
            Math.Max(0, (int)(made.ExpiresAt - RecordTable.Clock)));
    }

    private static LockRecord Moved(LockRecord record, long by) =>
        new(record.Fence + by, [.. record.Holders.ToArray().Select(h => h with { Token = h.Token + by, LastToken = h.LastToken + by })], record.Waiters.ToArray(), record.Permits);

    private LockCommand Command(int client, Verb verb, int number, int next, int used, out int leaver)
    {
        var id = RecordTable.Id(client, number);
        leaver = verb is Verb.Leave or Verb.GiveUp or Verb.LeaveForNext ? number : -1;
        return verb switch
        {
            Verb.Enter => new LockCommand.Enter(Contender(client, number), MayWait: true),
            Verb.TryOnce => new LockCommand.Enter(Contender(client, number), MayWait: false),
            Verb.LeaveForNext => new LockCommand.Leave(id, RecordTable.Fence + used, Contender(client, next)),
            Verb.Renew => new LockCommand.Renew(id, Setup.TimeToLive),
            Verb.DrawMore => new LockCommand.DrawMore(id, setup.Parties[client].Tokens - 1, RecordTable.Fence + used),
            Verb.Raise => new LockCommand.Raise(id, Priority: 3),
            _ => new LockCommand.Leave(id, RecordTable.Fence + used),
        };
    }

    private Contender Contender(int client, int number)
    {
        var party = setup.Parties[client];
        return new Contender
        {
            Id = RecordTable.Id(client, number),
            Owner = "",
            Mode = party.Mode,
            Weight = party.Weight,
            Permits = party.Weight > 0 ? setup.Permits : 0,
            Priority = party.Priority,
            Tokens = party.Tokens,
            TimeToLive = Setup.TimeToLive,
        };
    }

    private int NumberOf(Plan plan)
    {
        if (_numbers.TryGetValue(plan, out var known)) return known;
        _plans.Add(plan);
        _ticked.Add(-1);
        return _numbers[plan] = _plans.Count - 1;
    }
}
