using System.Runtime.CompilerServices;

namespace GoGoScope;

// The full form: a scope around a body.
public sealed partial class Scope
{
    /// <summary>
    /// Runs <paramref name="body"/> in a scope of its own, waits for all children, ends the scope, and gives the body's
    /// result. If anything failed, throws the first failure as itself, with the others attached
    /// (<see cref="ScopeExceptionExtensions.GetSuppressed"/>): none is lost.
    /// </summary>
    /// <param name="body">
    /// Runs at once, in the caller's context, also if the scope is cancelled from the start. If it fails, the children
    /// are cancelled.
    /// </param>
    /// <param name="options">What the scope is called and how it behaves; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the scope, with the cause <see cref="CancellationCause.Caller"/>.</param>
    /// <exception cref="ScopeTimeoutException">The deadline came first: it cut the body or a child short.</exception>
    /// <exception cref="LeaseLostException">A lost lease has cancelled the scope and so cut the body or a child short.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/>, which it then carries, has cut the body or a child short; or
    /// <see cref="Cancel"/> has cut the body short.
    /// </exception>
    /// <example>
    /// <code>
    /// var pages = await Scope.RunAsync(async s =>
    /// {
    ///     var first = s.Start(ct => http.GetStringAsync(firstUrl, ct));
    ///     var second = s.Start(ct => http.GetStringAsync(secondUrl, ct));
    ///     return await first + await second;
    /// }, new ScopeOptions { Timeout = TimeSpan.FromSeconds(10) }, cancellationToken);
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public static Task<T> RunAsync<T>(Func<Scope, Task<T>> body, ScopeOptions? options = null, CancellationToken cancellationToken = default) =>
        RunBodyAsync<T>(Ensure.NotNull(body), options, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Scope, Task{T}}, ScopeOptions, CancellationToken)"/>
    public static Task<T> RunAsync<T>(Func<Scope, ValueTask<T>> body, ScopeOptions? options = null, CancellationToken cancellationToken = default) =>
        RunBodyAsync<T>(Ensure.NotNull(body), options, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Scope, Task{T}}, ScopeOptions, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public static Task RunAsync(Func<Scope, Task> body, ScopeOptions? options = null, CancellationToken cancellationToken = default) =>
        RunBodyAsync(Ensure.NotNull(body), options, cancellationToken);

    /// <inheritdoc cref="RunAsync{T}(Func{Scope, Task{T}}, ScopeOptions, CancellationToken)"/>
    public static Task RunAsync(Func<Scope, ValueTask> body, ScopeOptions? options = null, CancellationToken cancellationToken = default) =>
        RunBodyAsync(Ensure.NotNull(body), options, cancellationToken);

    private static async Task<T> RunBodyAsync<T>(Delegate body, ScopeOptions? options, CancellationToken cancellationToken)
    {
        var scope = Create(options, cancellationToken);
        T result = default!;
        try
        {
            result = await Work.InvokeAsync<Scope, T>(body, scope).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            scope.BodyFailed(error);
        }
        await scope.EndAsync().ConfigureAwait(false);
        return result;
    }

    private static async Task RunBodyAsync(Delegate body, ScopeOptions? options, CancellationToken cancellationToken)
    {
        var scope = Create(options, cancellationToken);
        try
        {
            await Work.InvokeAsync(body, scope).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            scope.BodyFailed(error);
        }
        await scope.EndAsync().ConfigureAwait(false);
    }
}
