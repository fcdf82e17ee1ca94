namespace GoGoScope.Tests.Leases.Record.Model;

/// <summary>One key of a store as the rules have it, in lists and without a thought for speed: what the state machine is compared with.</summary>
internal sealed class RecordModel(RecordLimits limits)
{
    private readonly List<ModelWaiter> _granted = [];
    private bool _isInOtherUse;
    private bool _wasFree;
    private long _tickets;
    private int _drawn;

    internal long Fence { get; private set; }

    internal List<ModelHolder> Holders { get; } = [];

    /// <summary>In the order in which they came.</summary>
    internal List<ModelWaiter> Waiters { get; } = [];

    private IEnumerable<ModelWaiter> Ranked => Waiters
        .OrderByDescending(w => IsAged(w))
        .ThenByDescending(w => IsAged(w) ? 0 : w.Contender.Priority)
        .ThenBy(w => w.Ticket);

    /// <summary>Takes a command to its end, for a caller that takes the store's clock for <paramref name="now"/>, which the store has let pass.</summary>
    internal RecordOutcome Do(LockCommand command, long now, long clock, IReadOnlySet<string> dead)
    {
        _drawn = 0;
        _isInOtherUse = false;
        _wasFree = Holders.Count == 0 && Waiters.Count == 0;
        if (_wasFree) Fence = Math.Max(Fence, clock);
        Holders.RemoveAll(h => h.ExpiresAt <= now);
        Waiters.RemoveAll(w => w.Contender.Id.Process != command.Id.Process && dead.Contains(w.Contender.Id.Process));
        if (command is LockCommand.Renew or LockCommand.DrawMore) GrantAllThatFit(now);
        switch (command)
        {
            case LockCommand.Enter enter:
                Enter(enter.Contender, enter.MayWait, now);
                break;
            case LockCommand.Leave leave:
                if (Holders.Find(h => h.Id == leave.Id) is { } left)
                {
                    Holders.Remove(left);
                    if (left.Tokens[^1] == Fence) Fence = Math.Max(left.Tokens[0], left.Tokens.Where(t => t <= leave.LastUsedToken).DefaultIfEmpty().Max());
                }
                if (Waiters.Find(w => w.Contender.Id == leave.Id) is { } waiting)
                {
                    if (leave.Next is { } instead && !Stands(instead.Id) && instead.Permits == waiting.Contender.Permits) waiting.Contender = instead;
                    else Waiters.Remove(waiting);
                }
                if (leave.Next is { } next) Enter(next, mayWait: true, now);
                break;
            case LockCommand.Renew renew when Holders.Find(h => h.Id == renew.Id) is { } holder:
                holder.ExpiresAt = Math.Max(holder.ExpiresAt, now + renew.TimeToLive);
                break;
            case LockCommand.DrawMore draw when Holders.Find(h => h.Id == draw.Id) is { } holder:
                DrawMore(holder, draw.Count, draw.LastUsedToken);
                break;
            case LockCommand.Raise raise when Waiters.Find(w => w.Contender.Id == raise.Id) is { } waiter:
                waiter.Contender = waiter.Contender with { Priority = Math.Max(waiter.Contender.Priority, raise.Priority) };
                break;
        }
        GrantAllThatFit(now);
        return OutcomeOf(command);
    }

    private void Enter(Contender contender, bool mayWait, long now)
    {
        if (Stands(contender.Id)) return;
        _isInOtherUse = Holders.Exists(h => h.Permits != contender.Permits) || Waiters.Exists(w => w.Contender.Permits != contender.Permits);
        if (_isInOtherUse) return;
        var newcomer = new ModelWaiter(contender, ++_tickets);
        Waiters.Add(newcomer);
        GrantAllThatFit(now);
        if (mayWait && Waiters.Count <= limits.MaxWaiters) return;
        Waiters.Remove(newcomer);
        if (!mayWait) return;
        // Those in whose way it stood make room.
        GrantAllThatFit(now);
        if (Waiters.Count < limits.MaxWaiters) Waiters.Add(newcomer);
    }

    private RecordOutcome OutcomeOf(LockCommand command)
    {
        var id = command is LockCommand.Leave { Next: { } next } ? next.Id : command.Id;
        var (holds, waits) = (Holders.Exists(h => h.Id == id), Waiters.Exists(w => w.Contender.Id == id));
        return command switch
        {
            LockCommand.Leave { Next: null } => RecordOutcome.Released,
            _ when _isInOtherUse => RecordOutcome.InOtherUse,
            LockCommand.Renew => holds ? RecordOutcome.Renewed : RecordOutcome.Lost,
            LockCommand.DrawMore => holds ? RecordOutcome.Granted : RecordOutcome.Lost,
            _ when holds => RecordOutcome.Granted,
            _ when waits => RecordOutcome.Waiting,
            LockCommand.Raise => RecordOutcome.Lost,
            LockCommand.Enter { MayWait: false } => RecordOutcome.Refused,
            _ => RecordOutcome.QueueFull,
        };
    }

    private void GrantAllThatFit(long now)
    {
        while (_drawn + _granted.Count < limits.MaxTokens && Ranked.FirstOrDefault() is { } best && Fits(best.Contender))
        {
            Waiters.Remove(best);
            Grant(best);
        }
        GiveTokens(now);
        _granted.Clear();
    }

    private void Grant(ModelWaiter granted)
    {
        _granted.Add(granted);
        foreach (var waiter in Waiters.Where(w => w.Ticket < granted.Ticket)) waiter.PassedOver++;
    }

    /// <summary>One to each, and then to each in turn as many more as it wants, while there are any.</summary>
    private void GiveTokens(long now)
    {
        var more = Math.Min(limits.MaxTokens - Holders.Sum(h => h.Tokens.Count - 1), limits.MaxTokens - _drawn - _granted.Count);
        // As from a free record, if nobody has a token of before.
        if (_granted.Count > 0 && Holders.Count == 0 && !_wasFree) Fence = Math.Max(Fence, now);
        foreach (var waiter in _granted)
        {
            var ahead = Math.Min(waiter.Contender.Tokens - 1, Math.Max(0, more));
            more -= ahead;
            var contender = waiter.Contender;
            Holders.Add(new ModelHolder(contender.Id, contender.Mode, contender.Weight, contender.Permits) { Tokens = Next(1 + ahead), ExpiresAt = now + contender.TimeToLive });
        }
    }

    private void DrawMore(ModelHolder holder, int count, long lastUsed)
    {
        var unused = holder.Tokens.Count(t => t > lastUsed);
        var wanted = Math.Min(count, limits.MaxTokens - Holders.Where(h => h != holder).Sum(h => h.Tokens.Count - 1));
        if (wanted <= unused) return;
        var left = limits.MaxTokens - _drawn;
        if (holder.Tokens[^1] == Fence)
        {
            if (left > 0) holder.Tokens = [.. holder.Tokens.Where(t => t >= lastUsed), .. Next(Math.Min(wanted - unused, left))];
        }
        else if (Math.Min(wanted, left) > unused)
        {
            holder.Tokens = Next(Math.Min(wanted, left));
        }
    }

    private List<long> Next(int count)
    {
        _drawn += count;
        return [.. Enumerable.Range(0, count).Select(_ => ++Fence)];
    }

    private bool Stands(ContenderId id) => Holders.Exists(h => h.Id == id) || Waiters.Exists(w => w.Contender.Id == id);

    private bool Fits(Contender contender) => contender.Mode == LockMode.Permits
        ? Holders.Sum(h => h.Weight) + _granted.Sum(g => g.Contender.Weight) + contender.Weight <= contender.Permits
        : !Holders.Exists(h => Conflict(h.Mode, contender.Mode)) && !_granted.Exists(g => Conflict(g.Contender.Mode, contender.Mode));

    private bool IsAged(ModelWaiter waiter) => waiter.PassedOver >= limits.MaxPassedOver;

    private static bool Conflict(LockMode one, LockMode other) => one == LockMode.Exclusive || other == LockMode.Exclusive;
}

internal sealed record ModelHolder(ContenderId Id, LockMode Mode, int Weight, int Permits)
{
    internal List<long> Tokens { get; set; } = [];

    internal long ExpiresAt { get; set; }
}

internal sealed class ModelWaiter(Contender contender, long ticket)
{
    internal Contender Contender { get; set; } = contender;

    internal long Ticket { get; } = ticket;

    internal int PassedOver { get; set; }
}
