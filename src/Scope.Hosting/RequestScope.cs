using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting;

/// <summary>
/// Has the <see cref="Scope"/> of a scope of services. The container disposes it, and stops at the first service that throws (dotnet/runtime#86426), so what
/// was made before that would stay: what has failed in the scope is logged instead.
/// </summary>
internal sealed class RequestScope
{
    private readonly ILogger _log;

    public RequestScope(ApplicationScope application, ILoggerFactory? logs = null)
    {
        _log = Logging.Category.LogOf(logs);
        Scope = application.CreateScope();
        Scope.Defer(async _ =>
        {
            if (!Throws) await ReportAsync().ConfigureAwait(false);
        });
    }

    internal Scope Scope { get; }

    /// <summary>For who disposes the services himself, the scope last, and wants to know.</summary>
    internal bool Throws { get; set; }

    /// <summary>When all of it has ended. What was thrown here is thrown to nobody else.</summary>
    private async Task ReportAsync()
    {
        try
        {
            await Scope.JoinAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException cut) when (!Scope.Failures.Contains(cut))
        {
            // By the end of the application, which is no failure.
        }
        catch (Exception error)
        {
            Logging.HostLog.RequestFailed(_log, error, error.GetSuppressed().Count);
        }
    }
}
