using System.Diagnostics;

namespace GoGoScope;

// The spans of a request: one for the wait, if there was one, and one for the hold.
internal sealed partial class LockObservation
{
    private const string WaitSpan = "lock wait";
    private const string HoldSpan = "lock hold";
    private const string LostEvent = "gogoscope.lease.lost";

    private void MakeWaitSpan(Moment asked, Moment now, string outcome, Exception? error) =>
        MakeSpan(WaitSpan, asked, now, span =>
        {
            span.SetTag(Tag.OutcomeName, outcome);
            if (outcome is LockOutcome.Granted or LockOutcome.Cancelled) return;
            span.SetTag(Tag.ErrorTypeName, error?.GetType().FullName ?? outcome);
            span.SetStatus(ActivityStatusCode.Error, error?.Message ?? "not granted in time");
        });

    private void MakeHoldSpan(Moment granted, Moment now, LeaseLostException? lost) =>
        MakeSpan(HoldSpan, granted, now, span =>
        {
            span.SetTag(Tag.TokenName, _token);
            if (lost is null) return;
            span.AddEvent(new ActivityEvent(LostEvent, now.Time));
            span.SetTag(Tag.ErrorTypeName, lost.GetType().FullName);
            span.SetStatus(ActivityStatusCode.Error, lost.Message);
        });

    private void MakeSpan(string name, Moment begin, Moment end, Action<Activity> complete)
    {
        if (Telemetry.Source is not { } source || !source.HasListeners()) return;
        var current = Activity.Current;
        // Whoever releases a lock, or lets another one have it, is not the parent of what is made here.
        Activity.Current = null;
        try
        {
            using var span = source.StartActivity(name, Kind, _parent, Attributes(), links: null, begin.Time);
            if (span is null) return;
            complete(span);
            var length = Since(begin, end);
            // One without a length would be given that until now.
            span.SetEndTime((begin.Time + (length > TimeSpan.Zero ? length : TimeSpan.FromTicks(1))).UtcDateTime);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>A store is asked by its client; what happens inside of a process is internal.</summary>
    private ActivityKind Kind => _provider == InMemoryLockProvider.ProviderName ? ActivityKind.Internal : ActivityKind.Client;

    private List<KeyValuePair<string, object?>> Attributes()
    {
        var attributes = new List<KeyValuePair<string, object?>>
        {
            Tag.Provider(_provider),
            Tag.Mode(_mode),
            new(Tag.OwnerName, _request.Owner),
            new(Tag.PriorityName, _request.Priority),
        };
        if (_request.KeyOrNull is { } key) attributes.Add(new(Tag.KeyName, LockText.Shorten(key)));
        if (_request.Weight > 0) attributes.Add(new(Tag.WeightName, _request.Weight));
        if (_request.Scope?.Name is { } scope) attributes.Add(new(Tag.ScopeName, scope));
        return attributes;
    }
}
