using System.Runtime.CompilerServices;

namespace GoGoScope;

// The first of several.
public sealed partial class Scope
{
    /// <summary>
    /// Starts all <paramref name="contenders"/> and gives the result of the first that succeeds. The others are cancelled and waited for, and if they have brought
    /// a result in spite of that, it is disposed. One that fails drops out. The race is a child of the scope and takes no slot of
    /// <see cref="ScopeOptions.MaxConcurrency"/>: if it fails, a child has failed.
    /// </summary>
    /// <param name="contenders">At least one; their token is cancelled with the scope, and when another one was first.</param>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <exception cref="AggregateException">All have failed; it has their exceptions, in the order of the contenders.</exception>
    /// <exception cref="OperationCanceledException">The scope was cancelled; what was brought by then is disposed.</exception>
    /// <exception cref="ArgumentException">There is no contender, or one is null.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// var page = await s.RaceAsync(ct => http.GetStringAsync(mirror, ct), ct => http.GetStringAsync(origin, ct));
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public Task<T> RaceAsync<T>(params IEnumerable<Func<CancellationToken, Task<T>>> contenders) =>
        Race(Contenders(contenders).Select(contender => (Func<CancellationToken, ValueTask<T>>)(token => new ValueTask<T>(contender(token)))));

    /// <inheritdoc cref="RaceAsync{T}(IEnumerable{Func{CancellationToken, Task{T}}})"/>
    public Task<T> RaceAsync<T>(params IEnumerable<Func<CancellationToken, ValueTask<T>>> contenders) => Race(Contenders(contenders));

    private Task<T> Race<T>(IEnumerable<Func<CancellationToken, ValueTask<T>>> contenders)
    {
        var race = new Race<T>(this, [.. contenders]);
        return CoordinateAsync(_ => race.RunAsync());
    }

    private static T[] Contenders<T>(IEnumerable<T> contenders, [CallerArgumentExpression(nameof(contenders))] string name = "") where T : class
    {
        ArgumentNullException.ThrowIfNull(contenders, name);
        T[] all = [.. contenders];
        if (all.Length == 0) throw new ArgumentException("A race needs at least one contender.", name);
        if (all.Contains(null)) throw new ArgumentException("One of the contenders is null.", name);
        return all;
    }
}
