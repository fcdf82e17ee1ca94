using System.IO.Pipes;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// A process between gogoscope and the program, which it starts: it ends the program with all its descendants when the lease ends that
/// protects it, or when gogoscope itself does. So that holds however gogoscope ends, and also while it stands still.
/// </summary>
/// <remarks>
/// It knows of the lease what it is told: until when it can be relied upon, by a clock that all processes of the machine share and that goes on while it sleeps.
/// Each renewal moves that. The program is asked to end (TERM) a <em>grace</em> before it comes, and killed when it has come. If the
/// pipe breaks at which it is told, nobody renews any more: then the program is asked at once.
/// </remarks>
[SupportedOSPlatform("linux")]
internal sealed class Supervisor : IDisposable
{
    private readonly System.Threading.Lock _gate = new();
    private readonly Stream _events;
    private readonly int _program;
    private readonly Foreground? _terminal;
    private readonly ProgramTree _tree;
    private readonly EndOfLease _lease;
    private bool _hasEnded;
    private volatile bool _isEnding;
    private volatile bool _isKilling;

    private Supervisor(Stream events, int program, Foreground? terminal, SupervisorSettings settings)
    {
        (_events, _program, _terminal) = (events, program, terminal);
        _tree = new ProgramTree(program);
        _lease = new EndOfLease(settings.Until, settings.Grace, Ask, Kill);
    }

    /// <summary>What runs in the supervisor's process.</summary>
    internal static int Run(string[] args)
    {
        var settings = SupervisorSettings.Parse(args);
        // Not disposed: somebody reads it to the end, which would be waited for, and gogoscope may stand still.
        var commands = new AnonymousPipeClientStream(PipeDirection.In, settings.Commands);
        using var events = new AnonymousPipeClientStream(PipeDirection.Out, settings.Events);
        var terminal = Foreground.Find(settings.OwnGroup);
        if (settings.IsTooLate)
        {
            SupervisorLine.Of(new ProgramEnd(ProgramEndKind.TooLate, 0)).WriteTo(events);
            return 0;
        }
        Foreground.AllowChanges();
        using var signals = new UnheardSignals();
        ProgramTree.Adopt();
        int program;
        try
        {
            program = ProcessGroup.Start(ProcessWords.LastArguments(args[SupervisorSettings.Words..]), ProcessWords.Environment(), FileOf(commands), FileOf(events));
        }
        catch (NotStartedException e)
        {
            SupervisorLine.Of(new ProgramEnd(ProgramEndKind.NotStarted, e.Error)).WriteTo(events);
            return 0;
        }
        terminal?.Give(program);
        using var supervisor = new Supervisor(events, program, terminal, settings);
        new Thread(() => supervisor.Obey(commands)) { IsBackground = true }.Start();
        var end = supervisor.WaitForEnd();
        terminal?.TakeBack(program);
        supervisor.Tell(SupervisorLine.Of(end));
        return 0;
    }

    public void Dispose() => _lease.Dispose();

    /// <summary>Waits for the end of the program; and if it was asked to end, for that of all its descendants.</summary>
    private ProgramEnd WaitForEnd()
    {
        var end = new ProgramEnd(ProgramEndKind.Unknown, 0);
        while (ChildChange.Wait() is { } seen)
        {
            ChildChange change;
            bool isProgram;
            lock (_gate)
            {
                if (seen.Take() is not { } taken) continue;
                (change, isProgram) = (taken, taken.Process == _program);
                if (isProgram && change.Kind != ChildChangeKind.Stopped)
                {
                    _hasEnded = true;
                    end = new(change.Kind == ChildChangeKind.Exited ? ProgramEndKind.Exited : ProgramEndKind.Killed, change.Number);
                }
            }
            if (isProgram && change.Kind == ChildChangeKind.Stopped) HasStopped(change.Number);
            // What it has left running goes on, whatever comes of the lease after this.
            if (_hasEnded && _lease.TryStop()) break;
            // Whoever was killed may have started somebody the moment before.
            if (_isKilling) Kill();
        }
        return end with { WasMade = _isEnding };
    }

    /// <summary>By Ctrl+Z, or because it wanted the terminal from the background: gogoscope stops as it did. Otherwise somebody meant the program alone.</summary>
    private void HasStopped(int signal)
    {
        if (_terminal is null || signal is not (Signal.TerminalStop or Signal.TerminalInput or Signal.TerminalOutput)) return;
        if (signal != Signal.TerminalStop && _terminal.Is(_program))
        {
            // It was quicker than the terminal was given to it.
            Send(_tree.SignalGroup, Signal.Continue);
            return;
        }
        _terminal.TakeBack(_program);
        Tell(new SupervisorLine(SupervisorLine.Stopped, signal));
    }

    /// <summary>Does what it is told; at the end of the pipe gogoscope has ended.</summary>
    private void Obey(Stream commands)
    {
        using var lines = new StreamReader(commands);
        while (lines.ReadLine() is { } line)
        {
            var (word, numbers) = SupervisorLine.Parse(line);
            switch (word)
            {
                case SupervisorLine.Until: _lease.MoveTo(numbers[0]); break;
                case SupervisorLine.SignalGroup: Send(_tree.SignalGroup, (int)numbers[0]); break;
                case SupervisorLine.SignalProgram: Send(_tree.SignalProgram, (int)numbers[0]); break;
                case SupervisorLine.Continue: GoOn(); break;
                case SupervisorLine.End: _lease.Begin(); break;
            }
        }
        _lease.Begin();
    }

    private void GoOn()
    {
        _terminal?.Give(_program);
        Send(_tree.SignalGroup, Signal.Continue);
    }

    private void Ask()
    {
        _isEnding = true;
        Tell(new SupervisorLine(SupervisorLine.Ending));
        Send(_tree.SignalAll, Signal.Terminate);
        // What is stopped would not hear of it.
        Send(_tree.SignalAll, Signal.Continue);
    }

    private void Kill()
    {
        _isKilling = true;
        Send(_tree.SignalAll, Signal.Kill);
    }

    /// <summary>Not after the program was taken: its number may be somebody else's then, and only the rest of the tree is meant.</summary>
    private void Send(Action<int> send, int signal)
    {
        lock (_gate)
        {
            if (!_hasEnded) send(signal);
            else if (_isEnding) ProgramTree.SignalDescendants(signal);
        }
    }

    private void Tell(SupervisorLine line)
    {
        lock (_events) line.WriteTo(_events);
    }

    private static int FileOf(PipeStream pipe) => (int)pipe.SafePipeHandle.DangerousGetHandle();
}
