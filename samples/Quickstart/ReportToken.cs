namespace GoGoScope.Quickstart;

/// <summary>What a report is sent with. It expires after a number of reports.</summary>
internal sealed class ReportToken(int uses)
{
    private int _left = uses;

    /// <summary>Uses it once; false if it has expired.</summary>
    public bool TryUse() => Interlocked.Decrement(ref _left) >= 0;
}
