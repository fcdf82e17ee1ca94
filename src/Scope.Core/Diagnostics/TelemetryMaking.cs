namespace GoGoScope;

/// <summary>
/// Whether <see cref="Telemetry"/> and the <see cref="GoGoScopeEventSource"/> have been made. As these are, listeners are asked whether they want to hear: that is the
/// application's code, which may throw, use locks and scopes, and wait for others who do. So they are made before there is a gate, by whoever comes first; nobody waits
/// for that, and until it is over nobody listens.
/// </summary>
/// <remarks>A class of its own in which there is nothing to initialize: the runtime has whoever comes to one that is being initialized wait.</remarks>
internal static class TelemetryMaking
{
    private static int _hasBegun;
    private static bool _isOver;

    internal static bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>For whoever is about to make a gate.</summary>
    internal static void BeforeGates()
    {
        if (_hasBegun != 0 || Interlocked.Exchange(ref _hasBegun, 1) != 0) return;
        // In this order: it is told what the listeners of the others throw.
        MakeEvents();
        GC.KeepAlive(Telemetry.Acquisitions);
        Volatile.Write(ref _isOver, true);
    }

    private static void MakeEvents()
    {
        try
        {
            GoGoScopeEventSource.Make();
        }
        catch (Exception)
        {
            // A listener that throws when it is asked deprives all of events, and nobody of a scope.
        }
    }
}
