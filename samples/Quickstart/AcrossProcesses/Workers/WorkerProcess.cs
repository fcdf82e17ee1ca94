using System.Diagnostics;

namespace GoGoScope.Quickstart;

/// <summary>A worker's process, as the one sees it that has started it: takes orders, and may be killed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    // What a shell, too, makes of a process that was killed: 128 and the number of SIGKILL.
    private const int KilledExitCode = 128 + 9;

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private readonly object _killOrDispose = new();
    private readonly Dictionary<long, TaskCompletionSource<bool>> _unanswered = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly Task _answers;
    private long _lastNumber;
    private volatile bool _isKilled;
    private bool _isDisposed;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        _answers = ReadAnswersAsync();
    }

    /// <summary>Completes when it can take orders, or has ended.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Starts this program once more, as a worker.</summary>
    public static WorkerProcess Start(WorkerJob job)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Run as "dotnet Quickstart.dll", this process is dotnet's.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(WorkerProcess).Assembly.Location);
        start.ArgumentList.Add(Worker.Argument);
        var worker = new WorkerProcess(Process.Start(start)!);
        worker.Write($"{job}");
        return worker;
    }

    /// <summary>Lets it settle an order. False if it is to be delivered again. Never completes if the worker ends first.</summary>
    public Task<bool> SettleAsync(Order order, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _unanswered.Add(++_lastNumber, answer);
            Write($"{new WorkerOrder(_lastNumber, order)}");
        }
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends it at once, whatever it is doing (SIGKILL). False if it has ended already.</summary>
    public bool Kill()
    {
        lock (_killOrDispose)
        {
            if (_isKilled || _isDisposed || _process.HasExited) return false;
            _isKilled = true;
            _process.Kill();
            return true;
        }
    }

    /// <summary>Returns when it was killed, by us or by somebody else.</summary>
    /// <exception cref="BadInputException">It has ended by itself; the message is what it said.</exception>
    public async Task KilledAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode == KilledExitCode) _isKilled = true;
        if (_isKilled) return;
        var lines = (await _errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        throw new BadInputException(lines.FirstOrDefault($"a worker has ended with exit code {_process.ExitCode}."));
    }

    /// <summary>Ends it: it gives its locks back, unless that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        CloseInput();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(LongestEnd);
        }
        catch (TimeoutException)
        {
            Kill();
            await _process.WaitForExitAsync();
        }
        await _answers;
        lock (_killOrDispose)
        {
            _isDisposed = true;
            _process.Dispose();
        }
    }

    private void Write(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended; KilledAsync tells.
        }
    }

    private void CloseInput()
    {
        try
        {
            lock (_gate) _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, with something left for it.
        }
    }

    private async Task ReadAnswersAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == WorkerAnswer.Ready) _ready.TrySetResult();
            else Answer(line);
        }
        _ready.TrySetResult();
    }

    private void Answer(string line)
    {
        // The last line of a worker that was killed may be a part of one.
        if (!line.EndsWith('}')) return;
        var answer = WorkerAnswer.Parse(line);
        TaskCompletionSource<bool>? asked;
        lock (_gate) _unanswered.Remove(answer.Number, out asked);
        asked?.TrySetResult(answer.IsDone);
    }
}
