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
    private readonly List<int> _early = [];
    private Action<int>? _forward;
    private bool _isOver;

    internal ForwardedSignals() =>
        _registrations = [.. Signal.Forwarded.Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, context =>
        {
            context.Cancel = true;
            Receive(signal);
        })),
        // .NET would set the terminal's modes once more: that stops whoever does it from the background, where gogoscope may go on.
        PosixSignalRegistration.Create(PosixSignal.SIGCONT, static context => context.Cancel = true)];

    /// <summary>Cancelled by the first signal that comes before there is a program.</summary>
    internal CancellationToken Stop => _stop.Token;

    /// <summary>The signal that has cancelled <see cref="Stop"/>; null if none has.</summary>
    internal int? Stopping
    {
        get
        {
            lock (_gate) return _early is [var first, ..] ? first : null;
        }
    }

    /// <summary>Passes on what comes from now on, and what came while the program was started.</summary>
    internal void ForwardTo(Action<int> forward)
    {
        lock (_gate)
        {
            foreach (var signal in _early) forward(signal);
            _forward = forward;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        // One may still be on its way to here.
        lock (_gate) _isOver = true;
        _stop.Dispose();
    }

    internal void Receive(int signal)
    {
        lock (_gate)
        {
            if (_isOver) return;
            if (_forward is not null)
            {
                _forward(signal);
                return;
            }
            _early.Add(signal);
            _stop.Cancel();
        }
    }
}
