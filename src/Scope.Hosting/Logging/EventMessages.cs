using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Logging;

/// <summary>What the event source reports, as log messages. The ids are those of its events.</summary>
internal static partial class EventMessages
{
    [LoggerMessage(1, LogLevel.Debug, "Scope \"{Scope}\" was cancelled, {Cause}: {Reason}")]
    internal static partial void ScopeCancelled(ILogger log, string scope, string cause, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Child #{Child} of scope \"{Scope}\" failed: {Error}")]
    internal static partial void ChildFailed(ILogger log, string scope, string child, string error);

    [LoggerMessage(3, LogLevel.Warning, "In scope \"{Scope}\" a guard was released under children that still run: {Report}")]
    internal static partial void GuardReleasedUnderChildren(ILogger log, string scope, string report);

    [LoggerMessage(4, LogLevel.Error, "In scope \"{Scope}\" the lease on \"{Key}\" was lost: {Reason}")]
    internal static partial void LeaseLost(ILogger log, string scope, string key, string reason);

    [LoggerMessage(5, LogLevel.Error, "In scope \"{Scope}\" a callback failed: {Error}")]
    internal static partial void CallbackFailed(ILogger log, string scope, string error);

    [LoggerMessage(6, LogLevel.Warning, "The store \"{Store}\" could not be used for \"{Key}\": {Error}")]
    internal static partial void StoreFailed(ILogger log, string store, string key, string error);

    [LoggerMessage(7, LogLevel.Error, "In scope \"{Scope}\" the pool \"{Pool}\" could not {Operation} a resource: {Error}")]
    internal static partial void ResourceFailed(ILogger log, string scope, string pool, string operation, string error);

    [LoggerMessage(99, LogLevel.Information, "{EventName}: {Values}")]
    internal static partial void Other(ILogger log, string eventName, string values);
}
