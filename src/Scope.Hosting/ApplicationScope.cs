using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting;

/// <summary>
/// The scope that lasts as long as the application: what outlives a request runs in it, and the <see cref="Scope"/> of each request is a
/// child of it. A child's failure leaves the others alone (<see cref="FailurePolicy.Supervise"/>), and is logged.
/// </summary>
/// <remarks>
/// <para>It is started with the host. At the host's end, once all that the host runs has stopped, web server and workers
/// included, its children are cancelled and waited for, as long as <see cref="GoGoScopeOptions.ShutdownTimeout"/> says, and so are the scopes of services in
/// which a <see cref="Scope"/> was made; then what it owns is
/// released, locks among it. Of children that still run then the leases are renewed no more, and released by nobody but themselves: see
/// <see cref="Scope.TryEndAsync"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// app.MapPost("/imports", (ApplicationScope application, Import import) => application.Scope.Run(ct => import.RunAsync(ct)));
/// </code>
/// </example>
public sealed class ApplicationScope : IAsyncDisposable
{
    private readonly GoGoScopeOptions _options;
    private readonly ILogger _log;
    private readonly Users _users = new();
    private readonly object _gate = new();
    private Task? _end;

    /// <summary>For the container.</summary>
    /// <param name="provider">Where keyed locks live.</param>
    /// <param name="options">The settings.</param>
    /// <param name="logs">Where it is logged what did not end; by default nowhere.</param>
    /// <param name="time">The clock; by default the system's.</param>
    public ApplicationScope(ILockProvider provider, IOptions<GoGoScopeOptions> options, ILoggerFactory? logs = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _log = Logging.Category.LogOf(logs);
        Scope = Scope.Create(new ScopeOptions { Name = "application", FailurePolicy = FailurePolicy.Supervise, LockProvider = provider, TimeProvider = time });
    }

    /// <summary>The scope itself. Leave its end to the host.</summary>
    public Scope Scope { get; }

    /// <summary>
    /// One for a scope of services, which ends with that. As long as it has not, somebody works under what it holds, so the end of the application waits for it, as for
    /// a child.
    /// </summary>
    internal Scope CreateScope()
    {
        var scope = Scope.CreateChild(_options.Scope);
        // Owned before anything else, so released after it.
        if (_users.TryEnter() is { } stay) scope.Own(stay);
        else scope.Cancel("The application ends.");
        return scope;
    }

    /// <summary>Ends it, within its bound and not after <paramref name="cancellationToken"/> is cancelled. Throws nothing: there is nobody who could do anything about it.</summary>
    internal Task EndAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _end ??= EndOnceAsync(cancellationToken);
    }

    /// <summary>Ends it, if the host has not: its start may have failed.</summary>
    public ValueTask DisposeAsync() => new(EndAsync(CancellationToken.None));

    private async Task EndOnceAsync(CancellationToken cancellationToken)
    {
        // Not under the gate.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await HoldForUsersAsync().ConfigureAwait(false);
            if (!await Scope.TryEndAsync(_options.ShutdownTimeout, cancellationToken).ConfigureAwait(false))
                Logging.HostLog.StillRunning(_log, _options.ShutdownTimeout, Scope.Dump());
        }
        catch (Exception error)
        {
            Logging.HostLog.EndedWithFailures(_log, error, error.GetSuppressed().Count);
        }
    }

    /// <summary>Lets the end of the scope wait for all who still use a scope of services, before it ends those.</summary>
    private async Task HoldForUsersAsync()
    {
        var allHaveLeft = _users.Close();
        if (allHaveLeft.IsCompleted) return;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var child = Scope.Start(_ =>
        {
            begun.SetResult();
            return allHaveLeft;
        }).AsTask();
        await Task.WhenAny(begun.Task, child).ConfigureAwait(false);
        // Into a scope that somebody has cancelled nothing is started. Of its child scopes the newest is ended first, and the others wait for it.
        if (!begun.Task.IsCompleted) Scope.CreateChild(new ScopeOptions { Name = "scopes of services" }).Defer(_ => allHaveLeft);
    }
}
