namespace GoGoScope.Persistence.Postgres;

/// <summary>Who gives up stops to wait, and what was begun goes on to its end.</summary>
internal static class Abandoning
{
    /// <summary>As the command itself if nobody can give up, which costs nothing.</summary>
    internal static ValueTask<T> OrCancelledAsync<T>(this ValueTask<T> command, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new(command.AsTask().OrCancelledAsync(cancellationToken)) : command;

    private static async Task<T> OrCancelledAsync<T>(this Task<T> command, CancellationToken cancellationToken)
    {
        // What becomes of it then is nobody's business, an error neither.
        _ = command.ContinueWith(
            static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await command.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
