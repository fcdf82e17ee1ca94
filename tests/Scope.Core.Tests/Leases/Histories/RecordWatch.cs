namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Judges every change of a record in the store by what stood there before, whoever made it and however late.</summary>
internal sealed class RecordWatch(World world)
{
    private readonly Dictionary<long, DateTimeOffset> _sent = [];
    private readonly Dictionary<string, long> _highestFirst = [];
    private readonly Dictionary<string, Heard> _heard = [];
    private readonly Dictionary<string, SimulatedProcess> _lastWriters = [];

    /// <summary>How many changes there were.</summary>
    internal int Changes { get; private set; }

    /// <summary>How many swaps the store has refused because they came too late.</summary>
    internal int TooLate { get; private set; }

    /// <summary>Whose change was the last one of a key.</summary>
    internal SimulatedProcess? LastWriter(string key) => _lastWriters.GetValueOrDefault(LeasedLockProvider.KeyPrefix + key);

    internal void Sent(long version) => _sent[version] = world.Time.GetUtcNow();

    internal void Swapped(SimulatedProcess author, in StoredRecord before, in LockSwap swap, in StoredRecord after)
    {
        if (after.Version != swap.Version)
        {
            if (after.Now >= swap.NotAfter) TooLate++;
            world.Log?.Say($"  refused to {author.Name}: {swap.Key} is {RecordLine.Of(world, in after, ProcessSide.IsLock(swap.Key))}");
            return;
        }
        // What was slow in a batch goes alone, too: one of the two does it, and both answer that it is done.
        if (before.Version == swap.Version) return;
        Changes++;
        _lastWriters[swap.Key] = author;
        world.Log?.Say($"  swapped for {author.Name}: {swap.Key} is {RecordLine.Of(world, in after, ProcessSide.IsLock(swap.Key))}");
        CheckAge(author, in swap);
        if (ProcessSide.IsLock(swap.Key)) CheckRecord(author, in before, in swap, in after);
        else Hear(in swap, after.Now);
    }

    /// <summary>The store's clock is set back: of what it has forgotten, tokens may come again.</summary>
    internal async Task ClockIsSetBackAsync()
    {
        foreach (var key in _highestFirst.Keys.ToList())
        {
            if ((await world.Server.ReadAsync(key, CancellationToken.None)).Version != 0) continue;
            _highestFirst.Remove(key);
            world.Holds.ForgetTokens(key[LeasedLockProvider.KeyPrefix.Length..]);
        }
    }

    /// <summary>A request that was under way for too long has no effect any more.</summary>
    private void CheckAge(SimulatedProcess author, in LockSwap swap)
    {
        // What a process believes of the store's clock is right up to the time that an answer may take, which is longer where it stood still
        // meanwhile, and up to the drift.
        if (world.Setup.Drift > 0.001 || world.HasSetBack || author.LastPaused != default) return;
        var age = world.Time.GetUtcNow() - _sent[swap.Version];
        var beats = swap.Key.StartsWith(LeasedLockProvider.KeyPrefix, StringComparison.Ordinal) ? world.Setup.StoreTimeout : world.Setup.Liveness;
        var longest = beats + world.Setup.StoreTimeout + TimeSpan.FromMilliseconds(200);
        if (age > longest) world.Break($"a swap of {swap.Key} that {author.Name} sent {age.TotalSeconds:0.000} s ago still has an effect");
    }

    private void CheckRecord(SimulatedProcess author, in StoredRecord stored, in LockSwap swap, in StoredRecord made)
    {
        LockRecord before, after;
        try
        {
            (before, after) = (LockRecord.Parse(in stored), LockRecord.Parse(in made));
        }
        catch (FormatException wrong)
        {
            world.Break($"{author.Name} has written what can't be read: {wrong.Message}");
            return;
        }
        var exclusive = 0;
        foreach (ref readonly var holder in after.Holders)
        {
            if (holder.Mode == LockMode.Exclusive) exclusive++;
            var index = before.IndexOfHolder(holder.Id);
            if (index < 0) CheckNewToken(author, swap.Key, in holder);
            else if (holder.ExpiresAt < before.Holders[index].ExpiresAt) world.Break($"{author.Name} has shortened the lease of {holder.Id}");
        }
        if (exclusive > 0 && after.Holders.Length > 1) world.Break($"{author.Name} has made an exclusive holder one of {after.Holders.Length}");
        foreach (ref readonly var holder in before.Holders)
        {
            var isGone = after.IndexOfHolder(holder.Id) < 0;
            if (isGone && holder.Id.Process != author.Provider.Process && made.Now < holder.ExpiresAt)
                world.Break($"{author.Name} has evicted {holder.Id}, whose lease lasts {holder.ExpiresAt - made.Now} µs more");
        }
        foreach (ref readonly var waiter in before.Waiters)
        {
            if (after.IndexOfWaiter(waiter.Id) < 0 && after.IndexOfHolder(waiter.Id) < 0 && waiter.Id.Process != author.Provider.Process) CheckDropped(author, waiter.Id, made.Now);
        }
        foreach (ref readonly var waiter in after.Waiters)
        {
            if (waiter.PassedOver > Lock.MaxPassedOver) world.Break($"{waiter.Id} was passed over {waiter.PassedOver} times");
            if (before.IndexOfWaiter(waiter.Id) < 0 && waiter.Id.Process != author.Provider.Process) world.Break($"{author.Name} has put {waiter.Id} of another process into the queue");
        }
        var highest = world.Holds.HighestToken(swap.Key[LeasedLockProvider.KeyPrefix.Length..]);
        if (made.Fence < highest && !world.HasSetBack) world.Break($"the fence has fallen to {made.Fence}, below the token {highest} that is in use");
    }

    private void CheckNewToken(SimulatedProcess author, string key, in RecordHolder holder)
    {
        if (_highestFirst.TryGetValue(key, out var highest) && holder.Token <= highest)
            world.Break($"{author.Name} has granted {holder.Id} the token {holder.Token}, although there was {highest}");
        _highestFirst[key] = holder.Token;
    }

    // ---- who is alive ----

    private void Hear(in LockSwap swap, long now)
    {
        var heard = _heard.GetValueOrDefault(swap.Key);
        _heard[swap.Key] = new Heard(swap.KeepUntil, now > heard.Until ? now : heard.LastSilent);
    }

    /// <summary>Only the waiters of a process that was not heard of in time are dropped by others.</summary>
    private void CheckDropped(SimulatedProcess author, ContenderId id, long now)
    {
        if (world.HasSetBack) return;
        var heard = _heard.FirstOrDefault(pair => pair.Key.EndsWith(id.Process, StringComparison.Ordinal)).Value;
        if (now >= heard.Until) return;
        // Others believe for a while what they have read last.
        var setup = world.Setup;
        var belief = setup.Liveness / 3 * 1.2 + setup.StoreTimeout * 4 + setup.LongestDelay * 2;
        var wasPaused = world.Time.GetUtcNow() - author.LastPaused < belief;
        if (!wasPaused && now - heard.LastSilent > (long)belief.TotalMicroseconds)
            world.Break($"{author.Name} has dropped the waiter {id}, whose process was heard of");
    }

    private readonly record struct Heard(long Until, long LastSilent);
}
