using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// The signals that are meant for the program, and that a service manager sends to all processes of a service at once: they don't end the
/// supervisor, which has to be there until the program has ended.
/// </summary>
/// <remarks>They are handled rather than ignored: the program would inherit that. What was ignored already stays so.</remarks>
[SupportedOSPlatform("linux")]
internal sealed class UnheardSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations =
        [.. Signal.Forwarded.Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, context => context.Cancel = true))];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
