using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Logging;

/// <summary>What the host's parts of GoGoScope log: ids from 100.</summary>
internal static partial class HostLog
{
    [LoggerMessage(100, LogLevel.Warning, "The application ends with work that still runs, {Timeout} after it was cancelled. Its leases are renewed no more:\n{Dump}")]
    internal static partial void StillRunning(ILogger log, TimeSpan timeout, string dump);

    [LoggerMessage(101, LogLevel.Error, "The application's scope ended with a failure that nobody has seen, and {Others} more")]
    internal static partial void EndedWithFailures(ILogger log, Exception error, int others);

    [LoggerMessage(102, LogLevel.Warning, "Event sources are off in this application: lost leases and failures are neither logged nor seen by health checks. Set the MSBuild property EventSourceSupport to true")]
    internal static partial void EventsAreOff(ILogger log);

    [LoggerMessage(103, LogLevel.Warning, "The scope of a scope of services ended with a failure, and {Others} more")]
    internal static partial void RequestFailed(ILogger log, Exception error, int others);

    [LoggerMessage(110, LogLevel.Information, "{Worker} has \"{Key}\" and runs, with fencing token {Token}")]
    internal static partial void WorkerBegins(ILogger log, string worker, string key, long token);

    [LoggerMessage(111, LogLevel.Information, "{Worker} is done and gives \"{Key}\" back")]
    internal static partial void WorkerIsDone(ILogger log, string worker, string key);

    [LoggerMessage(112, LogLevel.Information, "{Worker} was stopped and gives \"{Key}\" back")]
    internal static partial void WorkerStopped(ILogger log, string worker, string key);

    [LoggerMessage(113, LogLevel.Warning, "{Worker} has lost \"{Key}\" and is cancelled; another instance may run it")]
    internal static partial void WorkerLostItsLease(ILogger log, string worker, string key);

    [LoggerMessage(114, LogLevel.Error, "{Worker} failed and gives \"{Key}\" back; here it is tried again after {Pause}")]
    internal static partial void WorkerFailed(ILogger log, Exception error, string worker, string key, TimeSpan pause);

    [LoggerMessage(115, LogLevel.Warning, "{Worker} can't get \"{Key}\"; it is tried again after {Pause}")]
    internal static partial void WorkerCannotBegin(ILogger log, Exception error, string worker, string key, TimeSpan pause);
}
