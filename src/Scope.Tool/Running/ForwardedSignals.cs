using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// The signals that gogoscope is sent and that are meant for the program. Until there is one, the first of them ends gogoscope. One that
/// is ignored by whoever has started gogoscope, as <c>nohup</c> does with HUP, stays ignored, by the program as well.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class ForwardedSignals : IDisposable
{
    private readonly System.Threading.Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private Action<int>? _forward;

    internal ForwardedSignals() =>
        _registrations = [.. Signal.Forwarded.Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, context => Receive(context, signal)))];

    /// <summary>Cancelled by the first signal that comes before there is a program.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>The signal that has cancelled <see cref="Stop"/>; null if none has.</summary>
    internal int? Stopping { get; private set; }

    /// <summary>Passes on what comes from now on, and what came while the program was started.</summary>
    internal void ForwardTo(Action<int> forward)
    {
        lock (_gate)
        {
            if (Stopping is { } early) forward(early);
            _forward = forward;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void Receive(PosixSignalContext context, int signal)
    {
        context.Cancel = true;
        lock (_gate)
        {
            if (_forward is not null)
            {
                _forward(signal);
                return;
            }
            Stopping ??= signal;
        }
        _stop.Cancel();
    }
}
