namespace GoGoScope;

/// <summary>
/// What lease a request needs. Requests of one process that need the same may be served by one lease, one after another or
/// together, if it is one that is renewed for as long as anybody of them holds it.
/// </summary>
/// <param name="Mode">How the key is to be held.</param>
/// <param name="TimeToLive">The length of the lease, in microseconds: how long others wait if this process dies.</param>
/// <param name="EndsByItself">Whether it ends at its own time, under whoever holds it: such a lease is for one request alone.</param>
internal readonly record struct LeaseKind(LockMode Mode, long TimeToLive, bool EndsByItself);
