namespace GoGoScope;

// Semaphores, which end with the scope.
public sealed partial class Scope
{
    /// <summary>
    /// Creates a semaphore of <paramref name="permits"/> permits: it lives in this process, whatever the scope's provider is, and
    /// ends with the scope, which also releases guards of it that were left undisposed.
    /// </summary>
    /// <param name="permits">How many there are, at least 1.</param>
    /// <param name="options">What it is called; by default all defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// var uploads = scope.CreateSemaphore(permits: 4);
    /// await uploads.RunAsync(ct => UploadAsync(file, ct));
    /// </code>
    /// </example>
    public AsyncSemaphore CreateSemaphore(int permits, SemaphoreOptions? options = null) => new(this, permits, options);

    /// <summary>
    /// Creates an object for the semaphore of <paramref name="key"/>, of <paramref name="permits"/> permits, on the scope's
    /// provider: all who use the key there share them, in this process and, if the provider spans them, in others. It belongs to
    /// the scope until one of the two is disposed; the end of the scope also releases guards of it that were left undisposed.
    /// </summary>
    /// <remarks>
    /// <para>Whoever holds or waits at the same time has to name the same number of permits, and a key is not a lock and a semaphore at once:
    /// else a request fails with <see cref="KeyInOtherUseException"/>. A key that nobody uses is anything.</para>
    /// <para>Each call adds one to what the scope owns. Make one for each key that is used often, and keep it: in a scope that lives long, one for
    /// each request would stay there. For a key that a request uses once, create it in a scope of the request, or dispose it (<c>await using</c>).</para>
    /// </remarks>
    /// <param name="key">What the permits are of; not empty and not white space. Case matters.</param>
    /// <param name="permits">How many there are in all, at least 1.</param>
    /// <param name="options">Leases, owner and name; by default all defaults.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty or white space, or the options contradict each other.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="permits"/> is less than 1.</exception>
    /// <exception cref="NotSupportedException">The provider grants no permits: <see cref="ILockProvider.GrantsPermits"/>.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// var calls = scope.CreateSemaphore("calls:billing", permits: 10);   // ten at a time, by all processes together
    /// await calls.RunAsync(ct => billing.ChargeAsync(order, ct));
    /// </code>
    /// </example>
    public AsyncSemaphore CreateSemaphore(string key, int permits, SemaphoreOptions? options = null) =>
        new(this, Ensure.Key(key), permits, options, CancellationToken.None);
}
