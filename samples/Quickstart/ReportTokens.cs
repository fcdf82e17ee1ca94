namespace GoGoScope.Quickstart;

/// <summary>Where the workers get the token that all of them share.</summary>
internal abstract class ReportTokens
{
    public abstract ValueTask<ReportToken> GetAsync(CancellationToken cancellationToken);

    /// <summary>The token has expired; whoever asks next gets another one.</summary>
    public abstract void Drop(ReportToken expired);

    /// <summary>A field: whoever finds it empty fetches, and so does everybody who looks meanwhile.</summary>
    public sealed class Unguarded(Func<CancellationToken, Task<ReportToken>> fetch) : ReportTokens
    {
        private ReportToken? _token;

        public override async ValueTask<ReportToken> GetAsync(CancellationToken cancellationToken) => _token ??= await fetch(cancellationToken);

        public override void Drop(ReportToken expired) => Interlocked.CompareExchange(ref _token, null, expired);
    }

    /// <summary>One fetch for all who ask meanwhile.</summary>
    public sealed class FetchedOnce : ReportTokens
    {
        private readonly ExpiringValue<ReportToken> _token;

        public FetchedOnce(Scope scope, Func<CancellationToken, Task<ReportToken>> fetch) =>
            // This one does not expire by time.
            _token = scope.Own(new ExpiringValue<ReportToken>(async ct => new(await fetch(ct), DateTimeOffset.MaxValue)));

        public override ValueTask<ReportToken> GetAsync(CancellationToken cancellationToken) => _token.GetAsync(cancellationToken);

        public override void Drop(ReportToken expired) => _token.Invalidate(expired);
    }
}
