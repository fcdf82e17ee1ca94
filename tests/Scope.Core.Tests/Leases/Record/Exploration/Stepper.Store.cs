using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record.Exploration;

// What happens to the record, and to clients without their doing.
internal sealed partial class Stepper
{
    private bool TrySwap(ref World world, in Flight flight)
    {
        var plan = plans[flight.Plan];
        var expected = flight.Expects == Expects.Current || (flight.Expects == Expects.Free && world.Record == RecordTable.Free);
        if (!expected || flight.NotAfter <= 0 || plan.NotBefore > 0) return false;

        var (before, after) = (records[world.Record], records[plan.Result]);
        var moved = -plan.Draw - (world.Record == RecordTable.Free ? 1 : 0);
        var highest = Math.Max(-RecordTable.FarBack, world.HighestUsed + moved);
        foreach (var old in before.Holders)
        {
            if (after.IndexOfHolder(old.Client, old.Number) >= 0) continue;
            if (old.Client == plan.Client && old.Number == plan.Leaver) continue;
            if (old.ExpiresAt > 0) throw new RuleBrokenException($"{RecordTable.Id(old.Client, old.Number)} is evicted before its lease has ended by the store's clock");
            highest = Math.Max(highest, old.LastToken + moved);
        }
        if (highest > 0) throw new RuleBrokenException("the fence has fallen below a token that may be in use");
        for (var i = 0; i < after.Holders.Length; i++)
        {
            var holder = after.Holders[i];
            if (before.IndexOfHolder(holder.Client, holder.Number) >= 0) continue;
            if (holder.Token <= highest) throw new RuleBrokenException($"{RecordTable.Id(holder.Client, holder.Number)} is granted a token that is not higher than those before");
            for (var j = 0; j < i; j++)
            {
                if (holder.Token <= after.Holders[j].LastToken) throw new RuleBrokenException("two are granted the same token, or in the wrong order");
            }
        }
        MoveUsed(ref world, before, after, moved, plan.Client);
        world.HighestUsed = highest;
        world.Record = plan.Result;
        foreach (ref var client in (Span<Client>)world.Clients)
        {
            if (client.Flight is { Exists: true, Expects: Expects.Current }) client.Flight.Expects = Expects.Past;
        }
        if (world.Late.Expects == Expects.Current) world.Late = default;
        return true;
    }

    /// <summary>Keeps in mind which token the client has used, although its range has moved.</summary>
    private static void MoveUsed(ref World world, RecordTable.Entry before, RecordTable.Entry after, int moved, int number)
    {
        ref var client = ref world.Clients[number];
        if (client.Phase != Phase.Sent) return;
        var (old, now) = (before.IndexOfHolder(number, client.Number), after.IndexOfHolder(number, client.Number));
        if (old < 0 || now < 0) return;
        client.Used = Math.Max(-1, before.Holders[old].Token + client.Used + moved - after.Holders[now].Token);
    }

    private void Arrive()
    {
        Begin(-1, "the late swap arrives");
        var world = _from;
        var late = world.Late;
        if (TrySwap(ref world, in late))
        {
            world.Late = default;
            ReachWithWakes(ref world, plans[late.Plan].Wake);
        }
        Begin(-1, "the late swap is lost");
        world = _from;
        world.Late = default;
        Reach(world);
    }

    private void ReachWithWakes(ref World world, int wake)
    {
        if (wake == 0)
        {
            Reach(world);
            return;
        }
        for (var lost = 0; lost < (setup.LosesWakes ? 1 << Setup.Clients : 1); lost++)
        {
            if ((lost & ~wake) != 0) continue;
            var copy = world;
            for (var client = 0; client < Setup.Clients; client++)
            {
                if ((wake & ~lost & 1 << client) != 0 && copy.Clients[client].Phase is Phase.Sent or Phase.Replied or Phase.Waiting) copy.Clients[client].Woken = true;
            }
            Reach(copy);
        }
    }

    // ---- death ----

    private void Die(int number)
    {
        Begin(number, "dies");
        var world = _from;
        var flight = world.Clients[number].Flight;
        world.Clients[number] = new Client { Phase = Phase.Dead };
        if (flight.Exists && setup.DelaysSwaps)
        {
            Delay(ref world, flight);
            Reach(world);
            world.Late = _from.Late;
        }
        Reach(world);
    }

    private void LearnOfDeath()
    {
        Begin(setup.Dies, "is known to be dead");
        var world = _from;
        world.DeathIsKnown = true;
        Reach(world);
    }
}
