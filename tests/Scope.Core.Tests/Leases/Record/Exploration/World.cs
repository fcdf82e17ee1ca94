using System.Runtime.CompilerServices;

namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>One state: the record in the store, what each client knows and does, and a swap that is late. Times count from the store's clock.</summary>
internal struct World
{
    internal int Record;

    /// <summary>The highest token that was ever used, or that somebody may still use who was evicted; from the fence, so never more than zero.</summary>
    internal int HighestUsed;

    internal Clients Clients;

    /// <summary>A swap whose client has given up on it or died, and which may arrive all the same.</summary>
    internal Flight Late;

    /// <summary>Whether the processes of those who are dead are known to be.</summary>
    internal bool DeathIsKnown;

    internal readonly Packed Pack() => new(
        (ulong)(uint)Record << 32 | (uint)(HighestUsed + RecordTable.FarBack) << 1 | (DeathIsKnown ? 1u : 0),
        Clients[0].Pack(), Clients[1].Pack(), Clients[2].Pack(), Late.Pack());

    internal static World Unpack(in Packed packed)
    {
        var world = new World
        {
            Record = (int)(packed.Store >> 32),
            HighestUsed = (int)(packed.Store >> 1 & 0x7FFF) - RecordTable.FarBack,
            DeathIsKnown = (packed.Store & 1) != 0,
            Late = Flight.Unpack(packed.Late),
        };
        world.Clients[0] = Client.Unpack(packed.First);
        world.Clients[1] = Client.Unpack(packed.Second);
        world.Clients[2] = Client.Unpack(packed.Third);
        return world;
    }
}

[InlineArray(Setup.Clients)]
internal struct Clients
{
    private Client _first;
}

/// <summary>A state in as few bits as it takes.</summary>
internal readonly record struct Packed(ulong Store, ulong First, ulong Second, ulong Third, ulong Late)
{
    public override int GetHashCode()
    {
        var hash = Store * 0x9E3779B97F4A7C15 ^ First * 0xC2B2AE3D27D4EB4F ^ Second * 0x165667B19E3779F9 ^ Third * 0xD6E8FEB86659FD93 ^ Late * 0xA0761D6478BD642F;
        hash = (hash ^ hash >> 29) * 0xBF58476D1CE4E5B9;
        return (int)(hash ^ hash >> 32);
    }
}

internal enum Phase
{
    /// <summary>Wants nothing at the moment.</summary>
    Idle,

    /// <summary>Has read the record and sent a swap.</summary>
    Sent,

    /// <summary>The swap has succeeded, and the reply is on its way.</summary>
    Replied,

    /// <summary>Knows that it stands in the queue.</summary>
    Waiting,

    /// <summary>Knows that it was granted the lock, and has not released it.</summary>
    Holding,

    Dead,
}

/// <summary>What a swap expects of the record. Versions are random and never come again, so no more needs to be known of them.</summary>
internal enum Expects
{
    /// <summary>It is the one that was read.</summary>
    Current,

    /// <summary>It is free, whatever it went through before.</summary>
    Free,

    /// <summary>What was there and never comes back: the swap will be refused.</summary>
    Past,
}

/// <summary>A swap on its way to the store.</summary>
internal struct Flight
{
    internal bool Exists;
    internal int Plan;
    internal Expects Expects;

    /// <summary>For so many ticks it still counts.</summary>
    internal int NotAfter;

    internal readonly ulong Pack() => Exists ? (ulong)Plan << 8 | (uint)NotAfter << 3 | (uint)Expects << 1 | 1 : 0;

    internal static Flight Unpack(ulong bits) => new()
    {
        Exists = (bits & 1) != 0,
        Expects = (Expects)(bits >> 1 & 3),
        NotAfter = (int)(bits >> 3 & 7),
        Plan = (int)(bits >> 8),
    };
}

/// <summary>One client, as a real process would be: it knows its own id, what it was told, and until when it may believe it.</summary>
internal struct Client
{
    internal Phase Phase;
    internal Verb Verb;
    internal Flight Flight;

    /// <summary>How many ticks ago the swap was sent.</summary>
    internal int Age;

    /// <summary>The number of its id, and of the one that comes next in the swap that it does.</summary>
    internal int Number, Next;

    /// <summary>Where the token that it used last stands in its holder's range, and the last one that it knows of; -1 for one before.</summary>
    internal int Used, Last;

    /// <summary>For how many ticks it believes that it holds; zero if it doesn't.</summary>
    internal int Believes;

    /// <summary>Whether it was told that the record was changed for it, and has not looked since.</summary>
    internal bool Woken;

    // What the reply that is on its way says.
    internal RecordOutcome Outcome;
    internal int ReplyBelieves, ReplyLast;

    internal readonly ulong Pack() =>
        (uint)Phase | (ulong)Verb << 3 | (ulong)Age << 6 | (ulong)Number << 8 | (ulong)Next << 11 | (ulong)(Used + 1) << 14 | (ulong)(Last + 1) << 17
        | (ulong)Believes << 20 | (Woken ? 1UL : 0) << 26 | (ulong)Outcome << 27 | (ulong)ReplyBelieves << 30 | (ulong)ReplyLast << 33
        | Flight.Pack() << 36;

    internal static Client Unpack(ulong bits) => new()
    {
        Phase = (Phase)(bits & 7),
        Verb = (Verb)(bits >> 3 & 7),
        Age = (int)(bits >> 6 & 3),
        Number = (int)(bits >> 8 & 7),
        Next = (int)(bits >> 11 & 7),
        Used = (int)(bits >> 14 & 7) - 1,
        Last = (int)(bits >> 17 & 7) - 1,
        Believes = (int)(bits >> 20 & 7),
        Woken = (bits >> 26 & 1) != 0,
        Outcome = (RecordOutcome)(bits >> 27 & 7),
        ReplyBelieves = (int)(bits >> 30 & 7),
        ReplyLast = (int)(bits >> 33 & 7),
        Flight = Flight.Unpack(bits >> 36),
    };
}
