namespace GoGoScope.Quickstart;

/// <summary>Sends the workers' reports. All share one token, and whoever finds it expired asks for the next one.</summary>
internal sealed class Reports
{
    /// <summary>A worker sends a report after this many deliveries, and one about the rest at its end.</summary>
    public const int DeliveriesPerReport = 10;

    private const int ReportsPerToken = 50;

    private readonly ReportTokens _tokens;
    private readonly Pause _fetch;
    private long _sent;
    private long _fetched;

    public Reports(CheckoutLocks locks, Pause fetch)
    {
        _fetch = fetch;
        _tokens = locks.Share(FetchAsync);
    }

    /// <summary>Reports sent so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Tokens fetched so far; with a lock, the fewest that will do.</summary>
    public long TokensFetched => Volatile.Read(ref _fetched);

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var token = await _tokens.GetAsync(cancellationToken);
        while (!token.TryUse())
        {
            _tokens.Drop(token);
            token = await _tokens.GetAsync(cancellationToken);
        }
        Interlocked.Increment(ref _sent);
    }

    private async Task<ReportToken> FetchAsync(CancellationToken cancellationToken)
    {
        await _fetch(cancellationToken);
        Interlocked.Increment(ref _fetched);
        return new ReportToken(ReportsPerToken);
    }
}
