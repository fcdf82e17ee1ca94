namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>What one exploration is about: three clients, and what they do and what may happen to them.</summary>
internal sealed class Setup(params Party[] parties)
{
    internal const int Clients = 3;

    /// <summary>How long a lease is, in ticks.</summary>
    internal const int TimeToLive = 2;

    /// <summary>How long a swap may be on its way and still count, in ticks.</summary>
    internal const int Patience = 2;

    internal Party[] Parties { get; } = parties;

    /// <summary>How many permits there are, for those who ask for any.</summary>
    internal int Permits { get; init; } = 2;

    /// <summary>By how many ticks a client may be wrong about the store's clock.</summary>
    internal int[] ClockErrors { get; init; } = [0];

    /// <summary>Which verbs there are beside acquiring and releasing.</summary>
    internal Verb[] Verbs { get; init; } = [];

    /// <summary>A client hears nothing of a request that has not reached the store, and does it again.</summary>
    internal bool LosesRequests { get; init; }

    /// <summary>A client hears nothing of a request that has had its effect, and does it again.</summary>
    internal bool LosesReplies { get; init; }

    /// <summary>A request that was taken for lost arrives after all, when its client has begun anew or has died.</summary>
    internal bool DelaysSwaps { get; init; }

    internal bool LosesWakes { get; init; }

    /// <summary>Which client dies sooner or later; -1 for none.</summary>
    internal int Dies { get; init; } = -1;

    internal RecordLimits Limits { get; init; } = new() { MaxPassedOver = 2 };

    /// <summary>Whether what one of them does the other could do as well.</summary>
    internal bool AreAlike(int one, int other) => Parties[one] == Parties[other] && one != Dies && other != Dies;

    internal bool HasAlike => AreAlike(0, 1) || AreAlike(1, 2);

    internal bool Has(Verb verb) => Array.IndexOf(Verbs, verb) >= 0;
}

/// <summary>What one client asks for.</summary>
internal readonly record struct Party(LockMode Mode, int Priority = 0, int Tokens = 1, int Weight = 0);

/// <summary>What a client does to the record.</summary>
internal enum Verb
{
    Enter,
    TryOnce,
    Leave,
    GiveUp,
    LeaveForNext,
    Renew,
    DrawMore,
    Raise,
}
