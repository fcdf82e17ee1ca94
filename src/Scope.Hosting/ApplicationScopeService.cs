using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GoGoScope.Hosting;

/// <summary>
/// Begins before all that the host runs, and ends after it, in whichever order it was added and whether or not it stops at the same time: makes the
/// providers, so that what is wrong with them ends the start, and ends the scope of the application.
/// </summary>
/// <param name="services">The application's services.</param>
/// <param name="choices">The providers that were chosen.</param>
/// <param name="options">Their settings.</param>
/// <param name="application">The scope of the application.</param>
/// <param name="events">Listens from now on.</param>
internal sealed class ApplicationScopeService(
    IServiceProvider services, IEnumerable<ProviderChoice> choices, IOptionsMonitor<GoGoScopeOptions> options, ApplicationScope application, Logging.EventLog events) : IHostedLifecycleService
{
    private bool _hasLifecycle;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _hasLifecycle = true;
        return BeginAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => application.EndAsync(cancellationToken);

    // Some hosts know no more than these two.
    public Task StartAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : BeginAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : application.EndAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        events.Begin();
        foreach (var choice in choices)
        {
            var provider = choice.ProviderOf(services);
            if (options.Get(choice.OptionsName).EnsureSchema && choice.Source?.EnsureSchema is { } ensure) await ensure(provider, cancellationToken).ConfigureAwait(false);
        }
    }
}
