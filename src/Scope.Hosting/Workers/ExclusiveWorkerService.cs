using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting;

/// <summary>Waits for the key, runs the worker under it, and does so again, until the application ends or the worker is done.</summary>
/// <param name="key">The key.</param>
/// <param name="options">How it is run.</param>
/// <param name="application">The scope that it runs in.</param>
/// <param name="services">The application's services.</param>
/// <param name="factory">Makes the services of each run.</param>
/// <param name="logs">Where it is logged what happens.</param>
/// <param name="time">The clock of pauses; by default the system's.</param>
internal sealed class ExclusiveWorkerService<TWorker>(
    string key, ExclusiveWorkerOptions options, ApplicationScope application, IServiceProvider services, IServiceScopeFactory factory,
    ILoggerFactory? logs = null, TimeProvider? time = null) : BackgroundService where TWorker : class, IExclusiveWorker
{
    private readonly ILogger _log = Logging.Category.LogOf(logs);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly string _name = typeof(TWorker).Name;
    private ILockProvider _provider = null!;
    private TimeSpan _pause;

    /// <summary>What is wrong with its store ends the start.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _provider = options.Store is { } store
            ? services.GetKeyedService<ILockProvider>(store) ?? throw new InvalidOperationException($"The worker {_name} is to use the store \"{store}\", and there is none of that name. AddGoGoScope(\"{store}\") adds one.")
            : services.GetRequiredService<ILockProvider>();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Its lock and its scope end with the application's scope, if that comes first.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, application.Scope.Token);
        while (!ending.IsCancellationRequested && await TakeTurnAsync(ending.Token).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Waits for the key and runs the worker once; whether there is to be another time.</summary>
    private async Task<bool> TakeTurnAsync(CancellationToken ending)
    {
        long? began = null;
        var lost = CancellationToken.None;
        try
        {
            var scope = application.Scope.CreateChild(new ScopeOptions { Name = _name, LockProvider = _provider });
            await using var _ = scope.ConfigureAwait(false);
            var isDone = await scope.RunExclusiveAsync(
                key,
                (guard, cancellationToken) =>
                {
                    (began, lost) = (_time.GetTimestamp(), guard.LostToken);
                    return RunAsync(guard, cancellationToken, ending);
                },
                timeToLive: options.TimeToLive,
                cancellationToken: ending).ConfigureAwait(false);
            if (isDone) Logging.HostLog.WorkerIsDone(_log, _name, key);
            else Logging.HostLog.WorkerStopped(_log, _name, key);
            return false;
        }
        catch (Exception cut) when (ending.IsCancellationRequested && cut is OperationCanceledException or ObjectDisposedException)
        {
            if (began is not null) Logging.HostLog.WorkerStopped(_log, _name, key);
            return false;
        }
        catch (LeaseLostException) when (lost.IsCancellationRequested)
        {
            // Its own, and not that of another lock; also of one that heeded its token and returned. It was said when it happened. Whoever waits
            // for the key again may be the next.
            return true;
        }
        catch (Exception error)
        {
            var pause = NextPause(began is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero);
            if (began is null) Logging.HostLog.WorkerCannotBegin(_log, error, _name, key, pause);
            else Logging.HostLog.WorkerFailed(_log, error, _name, key, pause);
            await Task.Delay(pause, _time, ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }
    }

    /// <summary>Whether the worker is done, and was not told to stop.</summary>
    private async Task<bool> RunAsync(LockGuard guard, CancellationToken cancellationToken, CancellationToken ending)
    {
        Logging.HostLog.WorkerBegins(_log, _name, key, guard.FencingToken);
        await using var told = guard.LostToken.UnsafeRegister(_ => Logging.HostLog.WorkerLostItsLease(_log, _name, key), null).ConfigureAwait(false);
        // Before the key is given back, all that the run has made has ended.
        var run = factory.CreateAsyncScope();
        await using var ended = run.ConfigureAwait(false);
        // The end of the application waits for this scope, if it has not begun before; so it takes the key from nobody who still runs.
        var scope = run.ServiceProvider.GetRequiredService<Scope>();
        // What fails in it is the worker's failure.
        run.ServiceProvider.GetRequiredService<RequestScope>().Throws = true;
        scope.Token.ThrowIfCancellationRequested();
        await using var cancelled = cancellationToken.UnsafeRegister(static scope => ((Scope)scope!).Cancel("The worker was cancelled."), scope).ConfigureAwait(false);
        await run.ServiceProvider.GetRequiredService<TWorker>().RunAsync(guard, cancellationToken).ConfigureAwait(false);
        return !ending.IsCancellationRequested;
    }

    /// <summary>The pause after a run of this length that failed.</summary>
    private TimeSpan NextPause(TimeSpan hasRun)
    {
        _pause = hasRun >= options.LongestPause || _pause == TimeSpan.Zero ? options.FirstPause : _pause * 2;
        if (_pause > options.LongestPause) _pause = options.LongestPause;
        return _pause;
    }
}
