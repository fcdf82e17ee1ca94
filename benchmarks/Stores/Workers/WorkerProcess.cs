using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using GoGoScope.Benchmarks.Measuring;
using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>A worker, from outside. Ends with this process at the latest.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    // Nothing takes as long: one that says nothing for so long has hung.
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private WorkerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal int Id => _process.Id;

    internal static async Task<WorkerProcess> StartAsync(RunningServer server)
    {
        var worker = Start(server);
        try
        {
            await worker.ExpectAsync("ready");
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts several, side by side.</summary>
    internal static async Task<WorkerGroup> StartManyAsync(RunningServer server, int count)
    {
        var group = new WorkerGroup([.. Enumerable.Range(0, count).Select(_ => Start(server))]);
        try
        {
            foreach (var worker in group.Processes) await worker.ExpectAsync("ready");
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    internal void Order(string order)
    {
        try
        {
            _process.StandardInput.WriteLine(order);
        }
        catch (IOException)
        {
            // It has ended; reading its answer tells why.
        }
    }

    /// <summary>Waits for a line that begins with a word, and passes over others. Returns the number behind it, if there is one.</summary>
    internal async Task<long> ExpectAsync(string word)
    {
        while (true)
        {
            var words = (await ReadAsync()).Split(' ');
            if (words[0] == word) return words.Length > 1 ? long.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        }
    }

    internal async Task<T> AnswerAsync<T>() => JsonSerializer.Deserialize<T>(await ReadAsync())!;

    /// <summary>Lets it end, and ends it if it doesn't.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            if (!_process.HasExited) _process.Kill();
        }
        _process.Dispose();
    }

    private static WorkerProcess Start(RunningServer server)
    {
        var start = new ProcessStartInfo(DotNet, ["exec", typeof(Worker).Assembly.Location, Worker.Option, server.Kind.Name, server.Connection])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        return new WorkerProcess(process);
    }

    private async Task<string> ReadAsync()
    {
        string? line;
        try
        {
            line = await _process.StandardOutput.ReadLineAsync().WaitAsync(HangLimit);
        }
        catch (TimeoutException e)
        {
            throw new MeasuringFailedException($"A worker says nothing: {e.Message}");
        }
        if (line is null) throw new MeasuringFailedException($"A worker has ended by itself: {await _errors}");
        return line.StartsWith("failed: ", StringComparison.Ordinal) ? throw new MeasuringFailedException($"A worker {line}") : line;
    }

    // The host of the runtime that runs this: three folders above shared/Microsoft.NETCore.App/<version>/.
    private static string DotNet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
}

/// <summary>Workers that end together.</summary>
internal sealed class WorkerGroup(IReadOnlyList<WorkerProcess> processes) : IAsyncDisposable
{
    internal IReadOnlyList<WorkerProcess> Processes => processes;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
    }
}
