using System.Collections.ObjectModel;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Logging;

/// <summary>
/// Writes what the <see cref="EventSource"/> "GoGoScope" reports into the application's log, and remembers how often leases were lost and stores failed.
/// The source is that of the process: where several hosts run in one, each logs what happens in all of them.
/// </summary>
internal sealed class EventLog : EventListener
{
    private const string Source = "GoGoScope";
    private const string Switch = "System.Diagnostics.Tracing.EventSource.IsSupported";

    private readonly ILogger _log;
    private readonly TimeProvider _time;

    public EventLog(ILoggerFactory? logs = null, TimeProvider? time = null)
    {
        _log = Category.LogOf(logs);
        _time = time ?? TimeProvider.System;
        LeasesLost = new RecentTimes(_time);
        StoreFailures = new RecentTimes(_time);
    }

    internal RecentTimes LeasesLost { get; }

    internal RecentTimes StoreFailures { get; }

    /// <summary>Listens from now on. The base class tells of sources before this class is made.</summary>
    internal void Begin()
    {
        // As by default in applications that are compiled ahead of time.
        if (AppContext.TryGetSwitch(Switch, out var isSupported) && !isSupported) HostLog.EventsAreOff(_log);
        EventSourceCreated += (_, created) =>
        {
            if (created.EventSource is { Name: Source } source) EnableEvents(source, EventLevel.Informational);
        };
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not { } payload) return;
        switch (eventData.EventId)
        {
            case 1: EventMessages.ScopeCancelled(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2)); break;
            case 2: EventMessages.ChildFailed(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2)); break;
            case 3: EventMessages.GuardReleasedUnderChildren(_log, Text(payload, 0), Text(payload, 1)); break;
            case 4:
                LeasesLost.Add();
                EventMessages.LeaseLost(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2));
                break;
            case 5: EventMessages.CallbackFailed(_log, Text(payload, 0), Text(payload, 1)); break;
            case 6:
                StoreFailures.Add();
                EventMessages.StoreFailed(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2));
                break;
            case 7: EventMessages.ResourceFailed(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2), Text(payload, 3)); break;
            // A later version may have more to say than this one knows.
            default: EventMessages.Other(_log, eventData.EventName ?? "", string.Join(", ", payload)); break;
        }
    }

    private static string Text(ReadOnlyCollection<object?> payload, int index) => index < payload.Count ? payload[index] as string ?? "" : "";
}
