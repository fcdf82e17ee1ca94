using System.IO.Pipes;
using System.Runtime.Versioning;
using System.Text;
using System.Threading.Channels;

namespace GoGoScope.Tool;

/// <summary>The program as gogoscope sees it, which has the supervisor in between.</summary>
[SupportedOSPlatform("linux")]
internal sealed class SupervisedProgram : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private readonly AnonymousPipeServerStream _commands;
    private readonly AnonymousPipeServerStream _events;
    private readonly int _supervisor;

    // What gogoscope had before the run.
    private readonly HashSet<ProcessIdentity> _others;

    // A supervisor that stands still reads nothing, and whoever tells it something has others to see to.
    private readonly Channel<SupervisorLine> _untold = Channel.CreateUnbounded<SupervisorLine>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _toldEnough = new();
    private readonly Task _telling;
    private volatile bool _hasStarted;

    private SupervisedProgram(int supervisor, HashSet<ProcessIdentity> others, AnonymousPipeServerStream commands, AnonymousPipeServerStream events, Action ending)
    {
        (_supervisor, _others, _commands, _events) = (supervisor, others, commands, events);
        Ended = FollowAsync(ending);
        _telling = TellAllAsync();
    }

    /// <summary>How it has ended. Nothing of it runs then, unless it has exited by itself and left something behind.</summary>
    internal Task<ProgramEnd> Ended { get; }

    /// <summary>Starts the supervisor, which starts the program.</summary>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="until">The timestamp until which the lease can be relied upon.</param>
    /// <param name="grace">How long before that the program is asked to end.</param>
    /// <param name="variables">What is added to its environment.</param>
    /// <param name="ending">Called when it is asked to end because its lease does.</param>
    /// <exception cref="NotStartedException">The system can't start another gogoscope.</exception>
    internal static SupervisedProgram Start(IReadOnlyList<string> words, long until, TimeSpan grace, IReadOnlyList<(string Name, string Value)> variables, Action ending)
    {
        var commands = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        var events = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        // Whoever has become gogoscope by exec may have started somebody.
        var others = ProcessTable.DescendantsOf(Environment.ProcessId).ToHashSet();
        ProgramTree.Adopt();
        var settings = new SupervisorSettings(commands.GetClientHandleAsString(), events.GetClientHandleAsString(), until, grace);
        var supervisor = ChildProcess.Start([.. Self().Concat(settings.Arguments()).Select(Encoding.UTF8.GetBytes), .. ProcessWords.LastArguments(words)], ProcessWords.Environment(variables), Signal.NotForSupervisors);
        commands.DisposeLocalCopyOfClientHandle();
        events.DisposeLocalCopyOfClientHandle();
        return new SupervisedProgram(supervisor, others, commands, events, ending);
    }

    /// <summary>The lease was renewed.</summary>
    internal void LeaseLastsUntil(long timestamp) => Tell(new SupervisorLine(SupervisorLine.Until, timestamp));

    /// <summary>Passes a signal on: to the program's group what ends programs, as a terminal does, and to the program alone what only it may know.</summary>
    internal void Send(int signal) => Tell(new SupervisorLine(
        signal switch
        {
            Signal.User1 or Signal.User2 => SupervisorLine.SignalProgram,
            // The terminal has sent it to both, unless there was no program yet.
            Signal.Interrupt or Signal.Quit when _hasStarted && Terminal.IsOurs => SupervisorLine.SignalTyped,
            _ => SupervisorLine.SignalGroup,
        },
        signal));

    /// <summary>The lease is lost: has it ended.</summary>
    internal void End() => Tell(new SupervisorLine(SupervisorLine.End));

    /// <summary>Kills it with its supervisor, which does not do what it should. Its number is its own until this process ends.</summary>
    internal void KillSupervisor() => Libc.Kill(_supervisor, Signal.Kill);

    /// <summary>Returns when it has ended; if it has not yet, it is made to.</summary>
    public async ValueTask DisposeAsync()
    {
        await _toldEnough.CancelAsync().ConfigureAwait(false);
        await _telling.ConfigureAwait(false);
        await _commands.DisposeAsync().ConfigureAwait(false);
        await Ended.ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        _toldEnough.Dispose();
    }

    /// <summary>This program once more.</summary>
    private static string[] Self() => Path.GetFileName(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, "exec", typeof(SupervisedProgram).Assembly.Location]
        : [Environment.ProcessPath!];

    private async Task<ProgramEnd> FollowAsync(Action ending)
    {
        using var lines = new StreamReader(_events);
        while (await lines.ReadLineAsync().ConfigureAwait(false) is { } text)
        {
            var line = SupervisorLine.Parse(text);
            switch (line.Word)
            {
                case SupervisorLine.Started: _hasStarted = true; break;
                case SupervisorLine.Ending: ending(); break;
                case SupervisorLine.Ended: return line.ToEnd();
            }
        }
        await KillAsync().ConfigureAwait(false);
        return new ProgramEnd(ProgramEndKind.Unknown, 0);
    }

    /// <summary>Nobody supervises it any more: all that it has come to is adopted by this process, beside what that had before.</summary>
    private async Task KillAsync()
    {
        while (ProcessTable.DescendantsOf(Environment.ProcessId, _others) is { Count: > 0 } left)
        {
            foreach (var process in left) Libc.Kill(process.Id, Signal.Kill);
            await Task.Delay(BetweenLooks, TimeProvider.System).ConfigureAwait(false);
        }
    }

    private void Tell(SupervisorLine line) => _untold.Writer.TryWrite(line);

    private async Task TellAllAsync()
    {
        try
        {
            await foreach (var line in _untold.Reader.ReadAllAsync(_toldEnough.Token).ConfigureAwait(false))
                await _commands.WriteAsync(line.ToBytes(), _toldEnough.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It is over, or nobody reads it any more, which is noticed elsewhere.
        }
    }
}
