namespace GoGoScope.Quickstart;

/// <summary>Sends the workers' reports. All share one token, and whoever finds it expired fetches the next one.</summary>
internal sealed class Reports(CheckoutLocks locks, Pause fetch)
{
    /// <summary>A worker sends a report after this many deliveries, and one about the rest at its end.</summary>
    public const int DeliveriesPerReport = 10;

    private const int ReportsPerToken = 50;
    private const string TokenKey = "report-token";

    private ReportToken? _token;
    private long _sent;
    private long _fetched;

    /// <summary>Reports sent so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Tokens fetched so far; with a lock, the fewest that will do.</summary>
    public long TokensFetched => Volatile.Read(ref _fetched);

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        await UseTokenAsync(cancellationToken);
        Interlocked.Increment(ref _sent);
    }

    private async Task UseTokenAsync(CancellationToken cancellationToken)
    {
        await using var tokenLock = await locks.AcquireAsync(TokenKey, cancellationToken);
        if (Volatile.Read(ref _token)?.TryUse() == true) return;

        await fetch(cancellationToken);

        Interlocked.Increment(ref _fetched);
        var token = new ReportToken(ReportsPerToken);
        token.TryUse();
        Volatile.Write(ref _token, token);
    }
}
