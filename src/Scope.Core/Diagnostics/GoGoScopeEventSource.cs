using System.Diagnostics.Tracing;

namespace GoGoScope;

/// <summary>
/// What scopes report without throwing it: <c>dotnet-trace collect --providers GoGoScope</c>, or an
/// <see cref="EventListener"/>. Costs a field read while nobody listens.
/// </summary>
[EventSource(Name = "GoGoScope")]
internal sealed class GoGoScopeEventSource : EventSource
{
    // Set and not initialized: the runtime has whoever comes to a class that is being initialized wait.
    private static GoGoScopeEventSource? _log;

    /// <summary>Null until it is made: see <see cref="TelemetryMaking"/>.</summary>
    internal static GoGoScopeEventSource? Log => Volatile.Read(ref _log);

    // Self-describing: no manifest is built from the members of this class, which a trimmed program may lack.
    private GoGoScopeEventSource() : base(EventSourceSettings.EtwSelfDescribingEventFormat) { }

    /// <summary>Asks listeners whether they want to hear.</summary>
    internal static void Make() => Volatile.Write(ref _log, new GoGoScopeEventSource());

    /// <summary>A scope was cancelled by something other than its own end.</summary>
    [NonEvent]
    internal void ScopeCancelled(Scope scope, CancellationReason reason)
    {
        if (IsEnabled() && reason.Cause != CancellationCause.Disposed) ScopeCancelled(scope.Name ?? "", reason.Cause.ToString(), reason.Message);
    }

    [NonEvent]
    internal void ChildFailed(Scope scope, Child child, Exception error)
    {
        if (IsEnabled()) ChildFailed(scope.Name ?? "", child.Number.ToString(System.Globalization.CultureInfo.InvariantCulture), ExceptionText.Full(error));
    }

    [NonEvent]
    internal void GuardReleasedUnderChildren(Scope scope, string report)
    {
        if (IsEnabled()) GuardReleasedUnderChildren(scope.Name ?? "", report);
    }

    [NonEvent]
    internal void LeaseLost(Scope? scope, LeaseLostException error)
    {
        if (IsEnabled()) LeaseLost(scope?.Name ?? "", error.Key ?? "", error.Message);
    }

    [NonEvent]
    internal void CallbackFailed(Scope? scope, Exception error)
    {
        if (IsEnabled()) CallbackFailed(scope?.Name ?? "", ExceptionText.Full(error));
    }

    [NonEvent]
    internal void StoreFailed(LockProviderException error)
    {
        // Who asks a store has others to ask for.
        if (IsEnabled()) Listeners.TellSoon(() => StoreFailed(error.Store ?? "", error.Key ?? "", ExceptionText.Full(error)));
    }

    [NonEvent]
    internal void ResourceFailed(Scope scope, string pool, string what, Exception error)
    {
        if (IsEnabled()) ResourceFailed(scope.Name ?? "", pool, what, ExceptionText.Full(error));
    }

    [Event(1, Level = EventLevel.Informational)]
    private void ScopeCancelled(string scope, string cause, string message) => WriteEvent(1, scope, cause, message);

    [Event(2, Level = EventLevel.Warning)]
    private void ChildFailed(string scope, string child, string error) => WriteEvent(2, scope, child, error);

    [Event(3, Level = EventLevel.Warning)]
    private void GuardReleasedUnderChildren(string scope, string report) => WriteEvent(3, scope, report);

    [Event(4, Level = EventLevel.Error)]
    private void LeaseLost(string scope, string key, string message) => WriteEvent(4, scope, key, message);

    [Event(5, Level = EventLevel.Error)]
    private void CallbackFailed(string scope, string error) => WriteEvent(5, scope, error);

    [Event(6, Level = EventLevel.Warning)]
    private void StoreFailed(string store, string key, string error) => WriteEvent(6, store, key, error);

    [Event(7, Level = EventLevel.Error)]
    private void ResourceFailed(string scope, string pool, string what, string error) => WriteEvent(7, scope, pool, what, error);
}
