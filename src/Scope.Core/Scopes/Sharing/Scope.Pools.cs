using System.Runtime.CompilerServices;

namespace GoGoScope;

// Pools, which end with the scope.
public sealed partial class Scope
{
    /// <summary>
    /// Creates a pool of resources that <paramref name="create"/> makes. It ends with the scope, which destroys all of them, also
    /// those whose guards were left undisposed.
    /// </summary>
    /// <param name="create">
    /// Makes a resource. Its token is cancelled when the scope or the pool ends. It must come to an end, by itself or by that token: one that hangs keeps its
    /// place among <see cref="PoolOptions{T}.Max"/> for ever, although its caller has left. It runs on the thread pool, in the context of nobody: async locals of
    /// those who ask don't flow into it.
    /// </param>
    /// <param name="options">How many there are, for how long, and what becomes of them.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// var connections = scope.CreatePool(ct => Connection.OpenAsync(ct), new PoolOptions&lt;Connection&gt; { Max = 10 });
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public ResourcePool<T> CreatePool<T>(Func<CancellationToken, Task<T>> create, PoolOptions<T> options) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(create);
        return new ResourcePool<T>(this, token => new ValueTask<T>(create(token)), options);
    }

    /// <inheritdoc cref="CreatePool{T}(Func{CancellationToken, Task{T}}, PoolOptions{T})"/>
    public ResourcePool<T> CreatePool<T>(Func<CancellationToken, ValueTask<T>> create, PoolOptions<T> options) where T : notnull =>
        new(this, Ensure.NotNull(create), options);
}
