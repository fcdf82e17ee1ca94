using System.Collections.ObjectModel;
using System.Diagnostics.Tracing;
using System.Threading.Channels;
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

    // Of a log that takes nothing any more.
    private const int MostUnwritten = 1024;

    // How long the end waits for it.
    private static readonly TimeSpan LongestFinish = TimeSpan.FromSeconds(1);

    private readonly ILogger _log;
    private readonly TimeProvider _time;

    // What comes in no request's flow and is counted is written by itself: a log that takes its time must not keep the next from being counted.
    private readonly Channel<Action> _unwritten = Channel.CreateBounded<Action>(new BoundedChannelOptions(MostUnwritten) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    private Task _writing = Task.CompletedTask;

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
        _writing = Task.Run(WriteAllAsync);
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
                Write(() => EventMessages.LeaseLost(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2)));
                break;
            case 5: EventMessages.CallbackFailed(_log, Text(payload, 0), Text(payload, 1)); break;
            case 6:
                StoreFailures.Add();
                Write(() => EventMessages.StoreFailed(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2)));
                break;
            case 7: EventMessages.ResourceFailed(_log, Text(payload, 0), Text(payload, 1), Text(payload, 2), Text(payload, 3)); break;
            // A later version may have more to say than this one knows.
            default: EventMessages.Other(_log, eventData.EventName ?? "", string.Join(", ", payload)); break;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _unwritten.Writer.TryComplete();
        _writing.Wait(LongestFinish);
    }

    private void Write(Action write) => _unwritten.Writer.TryWrite(write);

    private async Task WriteAllAsync()
    {
        await foreach (var write in _unwritten.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                write();
            }
            catch (Exception)
            {
                // A log that fails has no place to say so.
            }
        }
    }

    private static string Text(ReadOnlyCollection<object?> payload, int index) => index < payload.Count ? payload[index] as string ?? "" : "";
}
