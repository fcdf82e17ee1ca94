namespace GoGoScope;

/// <summary>
/// What lease a request needs. Requests of one process that need the same may be served by one lease, one after another or
/// together, if it is one that is renewed for as long as anybody of them holds it.
/// </summary>
/// <param name="Mode">How the key is to be held.</param>
/// <param name="TimeToLive">The length of the lease, in microseconds: how long others wait if this process dies.</param>
/// <param name="EndsByItself">Whether it ends at its own time, under whoever holds it: such a lease is for one request alone.</param>
/// <param name="Weight">How many permits of a semaphore; zero for a lock.</param>
/// <param name="Permits">How many there are of them; zero for a lock.</param>
internal readonly record struct LeaseKind(LockMode Mode, long TimeToLive, bool EndsByItself, int Weight, int Permits)
{
    /// <summary>How many tokens a lease has ahead at the most: as many as one swap draws, shared among as many as hold permits together.</summary>
    internal int TokenShare => Permits == 0 ? RecordLimits.MaxDraw : (int)Math.Max(1, (long)RecordLimits.MaxDraw * Weight / Permits);
}
