namespace GoGoScope;

/// <summary>Applies something to every item, so many at a time, and has the results in the order of the items.</summary>
internal sealed class Mapping<TSource, TResult>(
    Scope scope, ItemSource<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency)
{
    private readonly OrderedResults<TResult> _results = new(source.KnownCount);
    private Scope _inner = null!;
    private int _workers;

    internal async Task<TResult[]> RunAsync()
    {
        _inner = scope.CreateChild(new ScopeOptions { Name = "map", FailurePolicy = scope.FailurePolicy });
        _inner.Own(source);
        StartWorker();
        await _inner.EndAsync().ConfigureAwait(false);
        return _results.ToArray(source.Taken);
    }

    private void StartWorker()
    {
        if (Interlocked.Increment(ref _workers) <= maxConcurrency) _inner.Run(WorkAsync);
    }

    private async Task WorkAsync(CancellationToken token)
    {
        var isAlone = true;
        while (true)
        {
            token.ThrowIfCancellationRequested();
            if (await source.TakeAsync(token).ConfigureAwait(false) is not { } taken) return;
            // Where there was one item there may be another.
            if (isAlone) StartWorker();
            isAlone = false;
            try
            {
                _results.Set(taken.Index, await map(taken.Item, token).ConfigureAwait(false));
            }
            catch (Exception error) when (scope.FailurePolicy == FailurePolicy.Supervise && !_inner.AnswersCancellation(error))
            {
                _inner.CallbackFailed(error);
            }
        }
    }
}
