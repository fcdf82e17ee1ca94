namespace GoGoScope;

/// <summary>One that waits in the record of a key.</summary>
/// <param name="Contender">Who waits, and for what.</param>
/// <param name="PassedOver">How often somebody who came later was granted the lock first.</param>
/// <param name="Since">When it, or whoever it stands in the stead of, came by the store's clock, for people; zero if that is not known.</param>
internal readonly record struct RecordWaiter(Contender Contender, int PassedOver, long Since = 0)
{
    internal ContenderId Id => Contender.Id;

    internal LockMode Mode => Contender.Mode;

    internal int Weight => Contender.Weight;

    internal int Priority => Contender.Priority;

    /// <summary>Of two, the one that came earlier ranks first unless this says otherwise.</summary>
    internal bool RanksBefore(in RecordWaiter earlier, int maxPassedOver)
    {
        var (aged, earlierAged) = (PassedOver >= maxPassedOver, earlier.PassedOver >= maxPassedOver);
        return !earlierAged && (aged || Priority > earlier.Priority);
    }
}
