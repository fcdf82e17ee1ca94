using System.IO.Pipes;
using System.Runtime.Versioning;

namespace GoGoScope.Tool;

/// <summary>
/// A process between gogoscope and the program, which it starts: it ends the program with all its descendants when the lease ends that
/// protects it, or when gogoscope itself does, and its descendants also when a signal has ended it. So that holds however gogoscope ends, and also
/// while it stands still.
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
    private readonly ProgramTree _tree;
    private readonly EndOfLease _lease;
    private bool _hasEnded;
    private bool _wasMade;
    private volatile bool _isEnding;
    private volatile bool _isKilling;

    private Supervisor(Stream events, int program, SupervisorSettings settings)
    {
        (_events, _program) = (events, program);
        _tree = new ProgramTree(program, Libc.GroupOf(0));
        _lease = new EndOfLease(settings.Until, settings.Grace, Ask, Kill);
    }

    /// <summary>What runs in the supervisor's process.</summary>
    internal static int Run(string[] args)
    {
        var settings = SupervisorSettings.Parse(args);
        // Not disposed: somebody reads it to the end, which would be waited for, and gogoscope may stand still.
        var commands = new AnonymousPipeClientStream(PipeDirection.In, settings.Commands);
        using var events = new AnonymousPipeClientStream(PipeDirection.Out, settings.Events);
        if (settings.IsTooLate)
        {
            SupervisorLine.Of(new ProgramEnd(ProgramEndKind.TooLate, 0)).WriteTo(events);
            return 0;
        }
        ProgramTree.Adopt();
        int program;
        try
        {
            program = ChildProcess.Start(ProcessWords.LastArguments(args[SupervisorSettings.Words..]), ProcessWords.Environment(), blocked: [], FileOf(commands), FileOf(events));
        }
        catch (NotStartedException e)
        {
            SupervisorLine.Of(new ProgramEnd(ProgramEndKind.NotStarted, e.Error)).WriteTo(events);
            return 0;
        }
        using var supervisor = new Supervisor(events, program, settings);
        // The program is in the group of gogoscope, as if nothing stood between them. What is done to that group, or in the session, does not reach who supervises.
        Libc.MakeSession();
        supervisor.Tell(new SupervisorLine(SupervisorLine.Started));
        new Thread(() => supervisor.Obey(commands)) { IsBackground = true }.Start();
        supervisor.Tell(SupervisorLine.Of(supervisor.WaitForEnd()));
        return 0;
    }

    public void Dispose() => _lease.Dispose();

    /// <summary>Waits for the end of the program; and if it was made to end, or a signal has ended it, for that of all its descendants.</summary>
    private ProgramEnd WaitForEnd()
    {
        var end = new ProgramEnd(ProgramEndKind.Unknown, 0);
        while (ChildChange.Wait() is { } change)
        {
            lock (_gate)
            {
                change.Take();
                if (change.Process == _program)
                {
                    _hasEnded = true;
                    end = new(change.Kind == ChildChangeKind.Exited ? ProgramEndKind.Exited : ProgramEndKind.Killed, change.Number);
                }
            }
            // One that a signal has ended could not end what it has started, which would run beside whoever has the lock next.
            if (end.Kind == ProgramEndKind.Killed) _lease.Begin();
            // What one that has exited has left running goes on, whatever comes of the lease after this.
            else if (_hasEnded && _lease.TryStop()) break;
            // Whoever was killed may have started somebody the moment before.
            if (_isKilling) Kill();
        }
        return end with { WasMade = _wasMade };
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
                case SupervisorLine.SignalTyped: Send(_tree.SignalTyped, (int)numbers[0]); break;
                case SupervisorLine.SignalProgram: Send(_tree.SignalProgram, (int)numbers[0]); break;
                case SupervisorLine.End: _lease.Begin(); break;
            }
        }
        _lease.Begin();
    }

    private void Ask()
    {
        lock (_gate) _wasMade = !_hasEnded;
        _isEnding = true;
        if (_wasMade) Tell(new SupervisorLine(SupervisorLine.Ending));
        Send(ProgramTree.SignalAll, Signal.Terminate);
        // What is stopped would not hear of it.
        Send(ProgramTree.SignalAll, Signal.Continue);
    }

    private void Kill()
    {
        _isKilling = true;
        Send(ProgramTree.SignalAll, Signal.Kill);
    }

    /// <summary>Not after the program was taken: its number may be somebody else's then, and only the rest of the tree is meant.</summary>
    private void Send(Action<int> send, int signal)
    {
        lock (_gate)
        {
            if (!_hasEnded) send(signal);
            else if (_isEnding) ProgramTree.SignalAll(signal);
        }
    }

    private void Tell(SupervisorLine line)
    {
        lock (_events) line.WriteTo(_events);
    }

    private static int FileOf(PipeStream pipe) => (int)pipe.SafePipeHandle.DangerousGetHandle();
}
