using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>The driver knows no cancellation: who gives up stops to wait, and the command goes on.</summary>
internal static class Abandoning
{
    /// <summary>As the command itself if nobody can give up, which costs nothing.</summary>
    internal static ValueTask<T> OrCancelledAsync<T>(this ValueTask<T> command, CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new(command.AsTask().OrCancelledAsync(cancellationToken)) : command;

    /// <summary>A connection; it is closed if it comes about only when nobody waits for it any more.</summary>
    internal static async Task<ConnectionMultiplexer> OrClosedAsync(this Task<ConnectionMultiplexer> connecting, CancellationToken cancellationToken)
    {
        try
        {
            return await connecting.OrCancelledAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = connecting.ContinueWith(
                static late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    internal static async Task<T> OrCancelledAsync<T>(this Task<T> command, CancellationToken cancellationToken)
    {
        if (!command.IsCompleted && cancellationToken.CanBeCanceled) command.GoesOnUnheard();
        return await command.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What becomes of it when nobody waits for it any more is nobody's business, an error neither.</summary>
    internal static void GoesOnUnheard(this Task command) => _ = command.ContinueWith(
        static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
