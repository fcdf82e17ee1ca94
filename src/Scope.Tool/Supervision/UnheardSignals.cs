using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// The signals that are meant for the program, and that a service manager sends to all processes of a service at once: they don't end the
/// supervisor, which has to be there until the program has ended.
/// </summary>
/// <remarks>
/// They are handled rather than ignored: the program would inherit that. What was ignored already stays so. SIGCONT is among them because .NET
/// would set the terminal's modes then, from the background, and no longer ignore the signal that stops whoever does so.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class UnheardSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations =
        [.. Signal.Forwarded.Append(Signal.Continue).Select(signal => PosixSignalRegistration.Create((PosixSignal)signal, context => context.Cancel = true))];

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
