using System.Runtime.CompilerServices;

namespace GoGoScope;

// The same for every item.
public sealed partial class Scope
{
    /// <summary>
    /// Applies <paramref name="map"/> to every item of <paramref name="source"/>, at most <paramref name="maxConcurrency"/> at the same time, and gives the results in the
    /// order of the items. It is a child of the scope and takes no slot of <see cref="ScopeOptions.MaxConcurrency"/>; a failure cancels the rest, or with
    /// <see cref="FailurePolicy.Supervise"/> lets it go on, and is thrown as itself when all that was begun has ended, with the later ones attached.
    /// </summary>
    /// <param name="source">Read one item at a time, as they are needed.</param>
    /// <param name="map">What to do; its token is cancelled with the scope, and when another item fails.</param>
    /// <param name="maxConcurrency">How many items are worked on at the same time, at least 1.</param>
    /// <typeparam name="TSource">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <exception cref="OperationCanceledException">The scope was cancelled.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// string[] pages = await s.MapAsync(urls, (url, ct) => http.GetStringAsync(url, ct), maxConcurrency: 4);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public Task<TResult[]> MapAsync<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, CancellationToken, Task<TResult>> map, int maxConcurrency) =>
        MapAll(new SyncItemSource<TSource>(Ensure.NotNull(source)), AsValueTask(map), maxConcurrency);

    /// <inheritdoc cref="MapAsync{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    public Task<TResult[]> MapAsync<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) =>
        MapAll(new SyncItemSource<TSource>(Ensure.NotNull(source)), Ensure.NotNull(map), maxConcurrency);

    /// <inheritdoc cref="MapAsync{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    [OverloadResolutionPriority(1)]
    public Task<TResult[]> MapAsync<TSource, TResult>(IAsyncEnumerable<TSource> source, Func<TSource, CancellationToken, Task<TResult>> map, int maxConcurrency) =>
        MapAll(new AsyncItemSource<TSource>(Ensure.NotNull(source)), AsValueTask(map), maxConcurrency);

    /// <inheritdoc cref="MapAsync{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    public Task<TResult[]> MapAsync<TSource, TResult>(IAsyncEnumerable<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) =>
        MapAll(new AsyncItemSource<TSource>(Ensure.NotNull(source)), Ensure.NotNull(map), maxConcurrency);

    /// <summary>
    /// As <see cref="MapAsync{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>, for a reader who takes the results one after
    /// the other, in the order of the items, as soon as they are there.
    /// </summary>
    /// <remarks>
    /// It begins with the enumeration and belongs to it: the end of the enumeration, also an early one, cancels what still runs and waits for it; a failure is thrown to
    /// the reader. Items that are done and were not read yet count against <paramref name="maxConcurrency"/>, so a slow reader slows the work down.
    /// </remarks>
    /// <param name="source">Read one item at a time, not further ahead than <paramref name="maxConcurrency"/>.</param>
    /// <param name="map">What to do; its token is cancelled with the scope or the enumeration, and when another item fails.</param>
    /// <param name="maxConcurrency">How many items are worked on or wait to be read at the same time, at least 1.</param>
    /// <typeparam name="TSource">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is less than 1.</exception>
    /// <example>
    /// <code>
    /// await foreach (var page in s.Map(urls, (url, ct) => http.GetStringAsync(url, ct), maxConcurrency: 4)) Print(page);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> Map<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, CancellationToken, Task<TResult>> map, int maxConcurrency) =>
        Stream(SyncSource(source), AsValueTask(map), maxConcurrency);

    /// <inheritdoc cref="Map{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    public IAsyncEnumerable<TResult> Map<TSource, TResult>(IEnumerable<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) =>
        Stream(SyncSource(source), Ensure.NotNull(map), maxConcurrency);

    /// <inheritdoc cref="Map{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> Map<TSource, TResult>(IAsyncEnumerable<TSource> source, Func<TSource, CancellationToken, Task<TResult>> map, int maxConcurrency) =>
        Stream(AsyncSource(source), AsValueTask(map), maxConcurrency);

    /// <inheritdoc cref="Map{TSource, TResult}(IEnumerable{TSource}, Func{TSource, CancellationToken, Task{TResult}}, int)"/>
    public IAsyncEnumerable<TResult> Map<TSource, TResult>(IAsyncEnumerable<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) =>
        Stream(AsyncSource(source), Ensure.NotNull(map), maxConcurrency);

    private Task<TResult[]> MapAll<TSource, TResult>(ItemSource<TSource> source, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency)
    {
        var mapping = new Mapping<TSource, TResult>(this, source, map, Ensure.AtLeastOne(maxConcurrency, nameof(maxConcurrency)));
        return CoordinateAsync(_ => mapping.RunAsync());
    }

    private MappingStream<TSource, TResult> Stream<TSource, TResult>(
        Func<ItemSource<TSource>> open, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) =>
        new(this, open, map, Ensure.AtLeastOne(maxConcurrency, nameof(maxConcurrency)));

    private static Func<ItemSource<T>> SyncSource<T>(IEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return () => new SyncItemSource<T>(source);
    }

    private static Func<ItemSource<T>> AsyncSource<T>(IAsyncEnumerable<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return () => new AsyncItemSource<T>(source);
    }

    private static Func<TSource, CancellationToken, ValueTask<TResult>> AsValueTask<TSource, TResult>(Func<TSource, CancellationToken, Task<TResult>> map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return (item, token) => new ValueTask<TResult>(map(item, token));
    }
}
