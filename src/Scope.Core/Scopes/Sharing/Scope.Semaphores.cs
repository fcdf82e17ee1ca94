namespace GoGoScope;

// Semaphores, which end with the scope.
public sealed partial class Scope
{
    /// <summary>
    /// A semaphore of <paramref name="permits"/> permits: it lives in this process, whatever the scope's provider is, and ends
    /// with the scope, which also releases guards of it that were left undisposed.
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
}
