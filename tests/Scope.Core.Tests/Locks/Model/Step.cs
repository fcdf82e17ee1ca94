namespace GoGoScope.Tests.Locks.Model;

/// <summary>What a client can do, and what can happen to it.</summary>
internal enum Verb
{
    Acquire,
    TryOnce,
    Cancel,
    TimeOut,
    EndLifetime,
    DisposeLock,
    Release,
    LoseLease,
    ReleaseStale,
}

/// <summary>One step of a schedule.</summary>
internal readonly record struct Step(int Client, Verb Verb, LockMode Mode = LockMode.Exclusive, int Priority = 0, int Key = 0, bool Leased = false, int Weight = 0)
{
    public override string ToString() => Verb switch
    {
        Verb.Acquire or Verb.TryOnce => $"c{Client} {Verb} {(Weight == 0 ? Mode : $"{Weight} permits")} key {Key} priority {Priority}{(Leased ? " leased" : "")}",
        _ => $"c{Client} {Verb}",
    };
}

internal enum ClientState
{
    Idle,
    Waiting,
    Holding,
}
