using System.Numerics;

namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>Makes one state of those that nobody can tell apart.</summary>
internal sealed class Names(Setup setup, RecordTable records, PlanTable plans)
{
    /// <summary>Which client each one has become by <see cref="Normalise"/>, as in <see cref="Renaming.Order"/>.</summary>
    internal int Order { get; private set; }

    internal void Normalise(ref World world)
    {
        Forget(ref world);
        Order = setup.HasAlike ? OrderOf(in world) : Renaming.SameOrder;
        var used = NumbersIn(in world);
        var renaming = new Renaming(NumbersOf(in world, 0, used), NumbersOf(in world, 1, used), NumbersOf(in world, 2, used), Order);
        if (renaming != Renaming.None) Rename(ref world, in renaming);
    }

    /// <summary>A number that no id of the client has which might still be met.</summary>
    internal int Unused(in World world, int client, int except)
    {
        var used = NumbersIn(in world) >> (8 * client) & 0xFF;
        if (except >= 0) used |= 1 << except;
        var unused = BitOperations.TrailingZeroCount(~used);
        return unused < 8 ? unused : throw new InvalidOperationException("there are too many ids at once");
    }

    /// <summary>What a swap wants is of no interest once it can't succeed any more.</summary>
    private static void Forget(ref World world)
    {
        foreach (ref var client in (Span<Client>)world.Clients)
        {
            if (!client.Flight.Exists) continue;
            if (client.Flight.NotAfter <= 0) client.Flight.Expects = Expects.Past;
            if (client.Flight.Expects == Expects.Past) (client.Flight.Plan, client.Flight.NotAfter, client.Age) = (0, 0, 0);
        }
        if (world.Late.Exists && (world.Late.NotAfter <= 0 || world.Late.Expects == Expects.Past)) world.Late = default;
    }

    /// <summary>Puts clients that are alike in order, by what they do and by where they stand in the record.</summary>
    private int OrderOf(in World world)
    {
        Span<int> order = [0, 1, 2];
        Span<ulong> keys = [0, 0, 0];
        for (var i = 0; i < Setup.Clients; i++) keys[i] = KeyOf(in world, i);
        for (var i = 1; i < Setup.Clients; i++)
        {
            for (var j = i; j > 0 && setup.AreAlike(order[j], order[j - 1]) && keys[order[j]] < keys[order[j - 1]]; j--) (order[j], order[j - 1]) = (order[j - 1], order[j]);
        }
        var code = 0;
        for (var place = 0; place < Setup.Clients; place++) code |= place << (2 * order[place]);
        return code;
    }

    private ulong KeyOf(in World world, int number)
    {
        var client = world.Clients[number];
        client.Flight.Plan = 0;
        (client.Number, client.Next) = (0, 0);
        var isLate = world.Late.Exists && plans[world.Late.Plan].Client == number;
        return client.Pack() << 4 | (ulong)records[world.Record].PlaceOf(number) << 1 | (isLate ? 1UL : 0);
    }

    /// <summary>The current id of a client becomes number 0, the one that comes next 1, and what is left of old ones the rest.</summary>
    private static int NumbersOf(in World world, int number, int used)
    {
        ref readonly var client = ref world.Clients[number];
        used = used >> (8 * number) & 0xFF;
        var isOut = client.Phase is Phase.Idle or Phase.Dead;
        var (current, next) = (isOut ? -1 : client.Number, !isOut && client.Verb == Verb.LeaveForNext ? client.Next : -1);
        if (current <= 0 && (used & ~(current == 0 ? 0b01 : 0)) == 0 && next < 0) return Renaming.SameNumbers;

        var (numbers, rest) = (Renaming.SameNumbers, 2);
        for (var old = 0; old < 8; old++)
        {
            if (old != current && old != next && (used & 1 << old) == 0) continue;
            var now = old == current ? 0 : old == next ? 1 : rest++;
            numbers = numbers & ~(0xF << (4 * old)) | now << (4 * old);
        }
        return numbers;
    }

    private int NumbersIn(in World world)
    {
        var used = records[world.Record].Numbers | NumbersIn(in world.Late);
        for (var i = 0; i < Setup.Clients; i++) used |= NumbersIn(in world.Clients[i].Flight);
        return used;
    }

    private int NumbersIn(in Flight flight) => flight.Exists && flight.Expects != Expects.Past ? records[plans[flight.Plan].Result].Numbers : 0;

    private void Rename(ref World world, in Renaming renaming)
    {
        world.Record = records.Renamed(world.Record, in renaming);
        Rename(ref world.Late, in renaming);
        var old = world.Clients;
        for (var i = 0; i < Setup.Clients; i++)
        {
            var client = old[i];
            Rename(ref client.Flight, in renaming);
            if (client.Phase is not (Phase.Idle or Phase.Dead))
            {
                client.Number = renaming.OfNumber(i, client.Number);
                if (client.Verb == Verb.LeaveForNext) client.Next = renaming.OfNumber(i, client.Next);
            }
            world.Clients[renaming.OfClient(i)] = client;
        }
    }

    private void Rename(ref Flight flight, in Renaming renaming)
    {
        if (flight.Exists && flight.Expects != Expects.Past) flight.Plan = plans.Renamed(flight.Plan, in renaming);
    }
}
