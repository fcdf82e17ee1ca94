namespace GoGoScope.Tests.Leases.Record.Model;

/// <summary>What must hold for one change of a record, whatever led to it. Counted and compared anew, without the code that is judged.</summary>
internal static class RecordAudit
{
    /// <param name="before">The record that stands in the store.</param>
    /// <param name="command">What was done.</param>
    /// <param name="circumstances">In what circumstances.</param>
    /// <param name="made">What came of it.</param>
    /// <param name="fence">The fence of the new record, by the store.</param>
    /// <returns>The new record as others read it.</returns>
    /// <exception cref="RuleBrokenException">A rule is broken.</exception>
    internal static LockRecord Check(LockRecord before, LockCommand command, in Circumstances circumstances, in Transition made, long fence)
    {
        var after = LockRecord.Parse(new StoredRecord(1, fence, made.Record.ToBody(), circumstances.Now));
        Require(made.Record.At(fence).ToBody() == after.ToBody(), "the text says something else than the record");
        if (!made.Changed)
        {
            Require(after.ToBody() == before.ToBody(), "the record has changed, and the change is not told");
            Require(made is { Draw: 0, NotBefore: 0, Wake: null }, "something is to be swapped although nothing has changed");
        }
        CheckEntries(after, circumstances.Limits);
        CheckSettled(before, after, in circumstances, made);
        CheckEvictions(before, after, command, in circumstances, made);
        CheckGrants(before, after, command, in circumstances, made);
        CheckWakes(before, after, command, in circumstances, made);
        CheckAnswer(after, command, made, fence);
        CheckRepeat(before, after, command, in circumstances, made, fence);
        return after;
    }

    private static void CheckEntries(LockRecord after, RecordLimits limits)
    {
        var holders = after.Holders.ToArray();
        var waiters = after.Waiters.ToArray();
        Require(holders.Length < 2 || Array.TrueForAll(holders, h => h.Mode != LockMode.Exclusive), "a writer is not alone");
        Require(holders.Sum(h => (long)h.Weight) <= after.Permits, "more permits are held than there are");
        Require(holders.Select(h => h.Mode).Concat(waiters.Select(w => w.Mode)).All(mode => mode == LockMode.Permits == after.Permits > 0), "the key is a lock and a semaphore at once");
        Require(Array.TrueForAll(waiters, w => w.Contender.Permits == after.Permits && w.Weight <= after.Permits), "somebody waits for permits that there never are");
        Require(holders.Select(h => h.Id).Concat(waiters.Select(w => w.Id)).Distinct().Count() == holders.Length + waiters.Length, "somebody stands in it twice");
        Require(Array.TrueForAll(holders, h => h.LastToken <= after.Fence), "a token is later than the fence");
        Require(Array.TrueForAll(waiters, w => w.PassedOver <= limits.MaxPassedOver), "somebody was passed over too often");
        Require(waiters.Length <= limits.MaxWaiters, "too many wait");
        Require(holders.Sum(h => h.LastToken - h.Token) <= limits.MaxTokens, "too many tokens are drawn ahead");
        for (var i = 0; i < holders.Length; i++)
        {
            for (var j = 0; j < i; j++) Require(holders[i].Token > holders[j].LastToken || holders[j].Token > holders[i].LastToken, "two hold the same token");
        }
    }

    private static void CheckSettled(LockRecord before, LockRecord after, in Circumstances circumstances, Transition made)
    {
        if (Turn(after, circumstances.Limits) is not { } turn) return;
        Require(HasDrawnAll(before, after, in circumstances) && made.Wake?.Contains(turn.Process) == true, $"{turn} waits although it is its turn");
    }

    /// <summary>Whether the swap has drawn as many tokens as one may.</summary>
    private static bool HasDrawnAll(LockRecord before, LockRecord after, in Circumstances circumstances)
    {
        long drawn = 0;
        foreach (var holder in after.Holders)
        {
            var old = before.IndexOfHolder(holder.Id);
            var isNew = old < 0 || before.Holders[old].ExpiresAt <= circumstances.Now || before.Holders[old].LastToken < holder.Token;
            drawn += holder.LastToken - (isNew ? holder.Token - 1 : before.Holders[old].LastToken);
        }
        return drawn >= circumstances.Limits.MaxTokens;
    }

    /// <summary>Who waits although it could be granted the lock; null for nobody.</summary>
    internal static ContenderId? Turn(LockRecord record, RecordLimits limits) => Best(record, limits) is { } best && Fits(record, best) ? best.Id : null;

    private static void CheckEvictions(LockRecord before, LockRecord after, LockCommand command, in Circumstances circumstances, Transition made)
    {
        var dead = circumstances.Dead ?? new HashSet<string>();
        long latest = 0;
        foreach (var holder in before.Holders)
        {
            if (holder.ExpiresAt <= circumstances.Now) latest = Math.Max(latest, holder.ExpiresAt);
            var isGone = after.IndexOfHolder(holder.Id) < 0;
            if (isGone && holder.ExpiresAt > circumstances.Now) Require(command is LockCommand.Leave && command.Id == holder.Id, $"{holder.Id} is evicted before its lease has ended");
            if (isGone || command is LockCommand.Renew || holder.ExpiresAt <= circumstances.Now) continue;
            Require(Expiry(after, holder.Id) == holder.ExpiresAt, $"the lease of {holder.Id} has moved");
        }
        foreach (var waiter in after.Waiters) Require(waiter.Id.Process == command.Id.Process || !dead.Contains(waiter.Id.Process), $"{waiter.Id} is dead and waits");
        Require(made.NotBefore == latest, "the store is not told since when the evictions are right");
        foreach (var waiter in before.Waiters)
        {
            if (after.IndexOfWaiter(waiter.Id) >= 0 || after.IndexOfHolder(waiter.Id) >= 0 || (dead.Contains(waiter.Id.Process) && waiter.Id.Process != command.Id.Process)) continue;
            Require(command is LockCommand.Leave && command.Id == waiter.Id, $"{waiter.Id} has lost its place");
        }
    }

    private static void CheckGrants(LockRecord before, LockRecord after, LockCommand command, in Circumstances circumstances, Transition made)
    {
        var caller = EnteredBy(command);
        // Those who wait, in the order in which they came, until they are granted; a newcomer that never waits comes last.
        var waiting = new List<RecordWaiter>();
        foreach (var old in before.Waiters)
        {
            var waiter = Asked(old, command, before);
            if (after.IndexOfWaiter(waiter.Id) >= 0 || after.IndexOfHolder(waiter.Id) >= 0) waiting.Add(waiter);
        }
        foreach (var holder in after.Holders)
        {
            if (before.IndexOfHolder(holder.Id) >= 0 && Expiry(before, holder.Id) > circumstances.Now) continue;
            var place = waiting.FindIndex(w => w.Id == holder.Id);
            Require(place >= 0 || caller?.Id == holder.Id, $"{holder.Id} is granted what it didn't ask for");
            Require(holder.Id.Process == command.Id.Process || made.Wake?.Contains(holder.Id.Process) == true, $"{holder.Id} is granted the lock and not woken");
            var granted = place < 0 ? new RecordWaiter(caller!, 0) : waiting[place];
            if (place < 0) place = waiting.Count;
            else waiting.RemoveAt(place);
            for (var i = 0; i < waiting.Count; i++)
            {
                // Of a semaphore nobody goes past, whatever it wants.
                var conflict = waiting[i].Mode != LockMode.Read || granted.Mode != LockMode.Read;
                Require(!conflict || !RanksBefore(waiting[i], i < place ? i : int.MaxValue, granted, place, circumstances.Limits), $"{granted.Id} is granted the lock although {waiting[i].Id} ranks before it");
            }
            for (var i = 0; i < place; i++) waiting[i] = waiting[i] with { PassedOver = waiting[i].PassedOver + 1 };
        }
        foreach (var waiter in waiting)
        {
            var counted = after.Waiters[after.IndexOfWaiter(waiter.Id)].PassedOver;
            Require(counted == waiter.PassedOver, $"{waiter.Id} was passed over {waiter.PassedOver} times, and {counted} are counted");
        }
    }

    /// <summary>Nobody is told of what is none of its business, or twice; of a lock that nobody waits for, nobody at all.</summary>
    private static void CheckWakes(LockRecord before, LockRecord after, LockCommand command, in Circumstances circumstances, Transition made)
    {
        if (made.Wake is not { } woken) return;
        Require(woken.Count > 0 && woken.Distinct().Count() == woken.Count, "a process is told twice, or there is a list of nobody");
        var turn = Turn(after, circumstances.Limits)?.Process;
        var hasCome = after.Waiters.ToArray().Any(waiter => before.IndexOfWaiter(waiter.Id) < 0);
        foreach (var process in woken)
        {
            var isGranted = IsGranted(before, after, in circumstances, process);
            var hears = hasCome && process != command.Id.Process && after.Holders.ToArray().Any(holder => holder.HandsOn && holder.Id.Process == process);
            Require(isGranted || hears || process == turn, $"{process} is told of what does not concern it");
            Require(!isGranted || hears || process == turn || process != command.Id.Process, $"{process} is told of what it has done itself");
        }
    }

    private static bool IsGranted(LockRecord before, LockRecord after, in Circumstances circumstances, string process)
    {
        foreach (var holder in after.Holders)
        {
            if (holder.Id.Process == process && (before.IndexOfHolder(holder.Id) < 0 || Expiry(before, holder.Id) <= circumstances.Now)) return true;
        }
        return false;
    }

    /// <summary>One who waits, as <paramref name="command"/> wants it: raised, or with another in its stead.</summary>
    private static RecordWaiter Asked(RecordWaiter waiter, LockCommand command, LockRecord before) => command switch
    {
        LockCommand.Raise raise when raise.Id == waiter.Id => waiter with { Contender = waiter.Contender with { Priority = Math.Max(waiter.Priority, raise.Priority) } },
        LockCommand.Leave { Next: { } next } leave when leave.Id == waiter.Id && next.Permits == before.Permits && before.IndexOfWaiter(next.Id) < 0 && before.IndexOfHolder(next.Id) < 0 => waiter with { Contender = next },
        _ => waiter,
    };

    private static void CheckAnswer(LockRecord after, LockCommand command, Transition made, long fence)
    {
        var id = EnteredBy(command)?.Id ?? command.Id;
        var (holds, waits) = (after.IndexOfHolder(id) is var index && index >= 0, after.IndexOfWaiter(id) >= 0);
        Require(made.Outcome is RecordOutcome.Granted or RecordOutcome.Renewed == holds, $"the answer is {made.Outcome}, and {id} {(holds ? "holds" : "does not hold")} the lock");
        Require(made.Outcome is RecordOutcome.Waiting == waits || made.Outcome == RecordOutcome.Lost, $"the answer is {made.Outcome}, and {id} {(waits ? "waits" : "does not wait")}");
        if (command is LockCommand.Leave { Next: not null }) Require(made.Outcome != RecordOutcome.Released, $"{id} does not come in the stead of {command.Id}");
        var isAgreed = after.IsFree || EnteredBy(command) is not { } entered || entered.Permits == after.Permits;
        Require(made.Outcome == RecordOutcome.InOtherUse ? !isAgreed : isAgreed, $"the answer is {made.Outcome}, and the key has {after.Permits} permits");
        if (command is LockCommand.Leave) Require(after.IndexOfHolder(command.Id) < 0 && after.IndexOfWaiter(command.Id) < 0, $"{command.Id} has left and is there");
        if (!holds) return;
        Require(made.ExpiresAt == after.Holders[index].ExpiresAt, "another lease is told than the record has");
        if (command is LockCommand.DrawMore) Require(made.Tokens.At(fence).Last == after.Holders[index].LastToken, "other tokens are told than the record has");
        else Require(made.Tokens.At(fence) == after.Holders[index].Tokens, "other tokens are told than the record has");
        Require(made.KeepUntil >= made.ExpiresAt, "the store may forget a lease that has not ended");
    }

    private static void CheckRepeat(LockRecord before, LockRecord after, LockCommand command, in Circumstances circumstances, Transition made, long fence)
    {
        var again = after.Apply(command, in circumstances);
        // A swap that had no tokens left does the rest the next time; and who draws ahead comes after those who are granted.
        if (again.Draw > 0 && (HasDrawnAll(before, after, in circumstances) || (command is LockCommand.DrawMore && HasGranted(before, after, in circumstances)))) return;
        Require(!again.Changed, "repeated, it changes something");
        var same = again.Outcome == made.Outcome && again.ExpiresAt == made.ExpiresAt && again.Tokens.At(fence) == made.Tokens.At(fence);
        Require(same, $"repeated, it gives {again.Outcome} {again.Tokens} instead of {made.Outcome} {made.Tokens.At(fence)}");
    }

    private static bool HasGranted(LockRecord before, LockRecord after, in Circumstances circumstances)
    {
        foreach (var holder in after.Holders)
        {
            if (before.IndexOfHolder(holder.Id) < 0 || Expiry(before, holder.Id) <= circumstances.Now) return true;
        }
        return false;
    }

    private static Contender? EnteredBy(LockCommand command) => command switch
    {
        LockCommand.Enter enter => enter.Contender,
        LockCommand.Leave leave => leave.Next,
        _ => null,
    };

    private static long Expiry(LockRecord record, ContenderId id) => record.Holders[record.IndexOfHolder(id)].ExpiresAt;

    private static RecordWaiter? Best(LockRecord record, RecordLimits limits)
    {
        var waiters = record.Waiters.ToArray();
        if (waiters.Length == 0) return null;
        return waiters.Select((waiter, place) => (waiter, place)).Aggregate((one, other) => RanksBefore(other.waiter, other.place, one.waiter, one.place, limits) ? other : one).waiter;
    }

    private static bool Fits(LockRecord record, RecordWaiter best) => best.Mode switch
    {
        LockMode.Permits => best.Weight + record.Holders.ToArray().Sum(h => (long)h.Weight) <= record.Permits,
        LockMode.Exclusive => record.Holders.Length == 0,
        _ => Array.TrueForAll(record.Holders.ToArray(), h => h.Mode == LockMode.Read),
    };

    private static bool RanksBefore(RecordWaiter one, int place, RecordWaiter other, int otherPlace, RecordLimits limits)
    {
        var (aged, otherAged) = (one.PassedOver >= limits.MaxPassedOver, other.PassedOver >= limits.MaxPassedOver);
        if (aged != otherAged) return aged;
        if (!aged && one.Priority != other.Priority) return one.Priority > other.Priority;
        return place < otherPlace;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new RuleBrokenException(otherwise);
    }
}

/// <summary>A rule is broken; the message says which.</summary>
internal sealed class RuleBrokenException(string message) : Exception(message);
