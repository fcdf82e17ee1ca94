namespace GoGoScope.Persistence.MySql;

/// <summary>Who gives up stops to wait, whatever the driver still has to do until the command is off its connection.</summary>
internal static class Abandoning
{
    internal static async Task<T> OrCancelledAsync<T>(this Task<T> command, CancellationToken cancellationToken)
    {
        if (!command.IsCompleted && cancellationToken.CanBeCanceled)
        {
            // What becomes of it then is nobody's business, an error neither.
            _ = command.ContinueWith(
                static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
        return await command.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
