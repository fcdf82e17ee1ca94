namespace GoGoScope.Tests.Leases.Histories;

/// <summary>What happened in many histories: whether they have been anywhere.</summary>
internal sealed class HistoryCounts
{
    private int _mixed;

    internal int Histories { get; private set; }

    internal long Calls { get; private set; }

    internal long Changes { get; private set; }

    internal long TooLate { get; private set; }

    internal long Granted { get; private set; }

    internal long Lost { get; private set; }

    internal long WithoutLock { get; private set; }

    internal long Failed { get; private set; }

    internal long StaleWritesRefused { get; private set; }

    internal void Add(World world)
    {
        Histories++;
        _mixed = unchecked(_mixed * 31 + (int)world.Calls * 7 + world.Holds.Granted * 5 + (int)world.Time.GetTimestamp());
        Calls += world.Calls;
        Changes += world.Records.Changes;
        TooLate += world.Records.TooLate;
        Granted += world.Holds.Granted;
        Lost += world.Holds.Lost;
        WithoutLock += world.Holds.WithoutLock;
        Failed += world.Holds.Failed;
        StaleWritesRefused += world.Holds.StaleWritesRefused;
    }

    public override string ToString() =>
        $"{Histories} histories, {Calls} calls of the store, {Changes} changes, {TooLate} swaps refused as late, {Granted} granted, {Lost} lost, "
        + $"{WithoutLock} without the lock, {Failed} of them by errors, {StaleWritesRefused} stale writes refused; all in all {_mixed:x8}";
}
