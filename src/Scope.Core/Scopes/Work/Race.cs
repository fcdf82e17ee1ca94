using System.Diagnostics;

namespace GoGoScope;

/// <summary>Several ways to the same thing; the first that gets there counts.</summary>
internal sealed class Race<T>(Scope scope, Func<CancellationToken, ValueTask<T>>[] contenders)
{
    // A contender that fails has not failed the race.
    private static readonly ScopeOptions Options = new() { Name = "race", FailurePolicy = FailurePolicy.Supervise };

    private readonly System.Threading.Lock _gate = new();
    private readonly HashSet<object> _late = new(ReferenceEqualityComparer.Instance);
    private bool _isWon;
    private T? _winner;

    internal async Task<T> RunAsync()
    {
        var inner = scope.CreateChild(Options);
        var tasks = new Task[contenders.Length];
        for (var i = 0; i < tasks.Length; i++)
        {
            var contender = contenders[i];
            tasks[i] = inner.Start(token => ContendAsync(inner, contender, token)).AsTask();
        }
        try
        {
            await inner.EndAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (_isWon)
        {
            // The race is not over well, so nobody will hear of the winner.
            if (await DisposeWinnerAsync().ConfigureAwait(false) is { } another) throw SuppressedExceptions.Attach([error, another]);
            throw;
        }
        return _isWon ? _winner! : throw AllFailed(tasks);
    }

    private async Task ContendAsync(Scope inner, Func<CancellationToken, ValueTask<T>> contender, CancellationToken token)
    {
        var result = await contender(token).ConfigureAwait(false);
        if (TryWin(result)) inner.Cancel("Another one was first.");
        else if (Disposable(result) is { } late && IsFirstToBring(result)) inner.AddOwned(late);
    }

    private bool TryWin(T result)
    {
        lock (_gate)
        {
            if (_isWon) return false;
            (_isWon, _winner) = (true, result);
            return true;
        }
    }

    /// <summary>Several may bring the same object: then it belongs to the winner, or is disposed once.</summary>
    private bool IsFirstToBring(T result)
    {
        lock (_gate) return !ReferenceEquals(result, _winner) && _late.Add(result!);
    }

    private async Task<Exception?> DisposeWinnerAsync()
    {
        try
        {
            if (Disposable(_winner) is { } winner) await winner.ReleaseAsync(stamp: 0).ConfigureAwait(false);
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private static AggregateException AllFailed(Task[] tasks)
    {
        Debug.Assert(tasks.All(task => task.IsFaulted), "a contender that was cut short ends the race with a cancellation");
        return new AggregateException($"None of the {tasks.Length} contenders succeeded.", tasks.Select(task => task.Exception!.InnerException!));
    }

    private static Owned? Disposable(T? result) => result switch
    {
        IAsyncDisposable resource => new OwnedAsyncDisposable(resource),
        IDisposable resource => new OwnedDisposable(resource),
        _ => null,
    };
}
