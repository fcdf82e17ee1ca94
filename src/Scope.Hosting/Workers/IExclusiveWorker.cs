namespace GoGoScope.Hosting;

/// <summary>
/// Something that one instance of an application at a time does, in the background, among all that share its locks: see
/// <see cref="ExclusiveWorkerServiceCollectionExtensions.AddExclusiveWorker{TWorker}"/>.
/// </summary>
/// <example>
/// <code>
/// sealed class Dispatcher(Orders orders) : IExclusiveWorker
/// {
///     public async Task RunAsync(LockGuard guard, CancellationToken cancellationToken)
///     {
///         while (true)
///         {
///             await orders.DispatchAsync(guard.FencingToken, cancellationToken);
///             await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
///         }
///     }
/// }
/// </code>
/// </example>
public interface IExclusiveWorker
{
    /// <summary>
    /// Runs as long as this instance is the one. If it returns, it is done, and here it is not run again; if it throws, it is run again after a
    /// pause; if its lease is lost, it is run again when this instance gets the key again.
    /// </summary>
    /// <param name="guard">What this instance holds; let what the worker reads and writes check its <see cref="LockGuard.FencingToken"/>, from before the first read on.</param>
    /// <param name="cancellationToken">Cancelled when the application ends or the lease is lost: somebody else may run by then.</param>
    Task RunAsync(LockGuard guard, CancellationToken cancellationToken);
}
