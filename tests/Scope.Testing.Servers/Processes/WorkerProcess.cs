using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>
/// Another process that takes locks of a store when it is told to. It may be killed and stopped; it never outlives the tests.
/// The tests that use it need its project among their references.
/// </summary>
/// <example>
/// <code>
/// await using var worker = await WorkerProcess.StartAsync(new WorkerSettings { Store = "redis", Connection = connection });
/// var token = await worker.AcquireAsync("mine", "orders:4711");
/// await worker.KillAsync();
/// </code>
/// </example>
public sealed class WorkerProcess : IAsyncDisposable
{
    private const string Program = "GoGoScope.Testing.Worker.dll";
    private static readonly WorkerRequest Patient = new();

    private readonly Process _process;
    private readonly Watchdog _watchdog;
    private readonly Task _reading;
    private readonly Task<string> _errors;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _asked = new();
    private int _lastAsked;
    private volatile bool _isKilled;

    private WorkerProcess(WorkerSettings settings)
    {
        Settings = settings;
        // What is stopped does not notice that the tests have ended.
        _watchdog = new Watchdog(Directory.CreateTempSubdirectory("gogoscope-").FullName);
        var start = new ProcessStartInfo(Programs.DotNet, ["exec", Path.Combine(AppContext.BaseDirectory, Program), .. settings.Arguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (settings.TimeZone is { } zone) start.Environment["TZ"] = zone;
        var started = NewAnswer(0);
        _process = Process.Start(start)!;
        _watchdog.Watch(_process.Id);
        _process.StandardInput.AutoFlush = true;
        _errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
        Started = started.Task;
    }

    /// <summary>What it was started with.</summary>
    public WorkerSettings Settings { get; }

    /// <summary>The system's number for it.</summary>
    public int Id => _process.Id;

    private Task Started { get; }

    /// <summary>Starts one, and returns when it is there.</summary>
    public static async Task<WorkerProcess> StartAsync(WorkerSettings settings)
    {
        var worker = new WorkerProcess(settings);
        try
        {
            await worker.Started.Soon();
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether it can still be told something.</summary>
    public bool IsAlive => !_isKilled && !_process.HasExited;

    /// <summary>Acquires <paramref name="key"/> under a <paramref name="name"/> that is free to choose; gives the fencing token.</summary>
    /// <exception cref="WorkerException">What the acquire threw there.</exception>
    public async Task<long> AcquireAsync(string name, string key, WorkerRequest? request = null) =>
        Number(await AskAsync($"acquire {name} {key} {(request ?? Patient).ToWords()}"));

    /// <summary>Has it no longer wait for what it acquires under this name, which then fails.</summary>
    public Task CancelAsync(string name) => AskAsync($"cancel {name}");

    /// <summary>Acquires all of <paramref name="keys"/> at once; gives the fencing tokens in their order.</summary>
    public async Task<IReadOnlyList<long>> AcquireAllAsync(string name, params IEnumerable<string> keys) =>
        [.. (await AskAsync($"acquire-all {name} {string.Join(' ', keys)}")).Split(' ').Select(Number)];

    /// <summary>Disposes the guard.</summary>
    public Task ReleaseAsync(string name) => AskAsync($"release {name}");

    /// <summary>Disposes what <see cref="AcquireAllAsync"/> gave.</summary>
    public Task ReleaseAllAsync(string name) => AskAsync($"release-all {name}");

    /// <summary>Whether the guard thinks that it holds.</summary>
    public async Task<bool> IsHeldAsync(string name) => bool.Parse(await AskAsync($"is-held {name}"));

    /// <summary>Returns when the guard's LostToken has fired.</summary>
    public Task LostAsync(string name) => AskAsync($"lost {name}");

    /// <summary>
    /// Counts in <paramref name="file"/> under the lock of <paramref name="key"/>, so often, in two steps that lose a count if somebody
    /// else counts at the same time; each of <paramref name="contenders"/> that do so side by side. Gives the number of attempts that failed because the
    /// store could not be used.
    /// </summary>
    public async Task<long> CountAsync(string key, string file, int times, int contenders = 1) => Number(await AskAsync($"count {key} {file} {times} {contenders}"));

    /// <summary>Waits for <paramref name="weight"/> of <paramref name="permits"/> permits of <paramref name="key"/>. Answers the token.</summary>
    public async Task<long> AcquirePermitsAsync(string name, string key, int permits, int weight, TimeSpan timeToLive) =>
        Number(await AskAsync(string.Create(CultureInfo.InvariantCulture, $"acquire-permits {name} {key} {permits} {weight} {timeToLive.TotalMilliseconds}")));

    /// <summary>
    /// Takes <paramref name="weight"/> permits and, while it holds them, as many of the files in <paramref name="folder"/> that only one can have
    /// at a time, for <paramref name="held"/>; so often. Fails if there are not enough. Answers how often it took the last one.
    /// </summary>
    public async Task<long> UsePermitsAsync(string key, int permits, int weight, string folder, int times, TimeSpan held) =>
        Number(await AskAsync(string.Create(CultureInfo.InvariantCulture, $"use-permits {key} {permits} {weight} {folder} {times} {held.TotalMilliseconds}")));

    /// <summary>
    /// What its expiring value has that all who use <paramref name="key"/> share in <paramref name="folder"/>. A fetch leaves a file "fetch-…" there, whose
    /// name is the value, and then waits for <see cref="MayFetchAsync"/>.
    /// </summary>
    public Task<string> FetchAsync(string key, string folder) => AskAsync($"fetch {key} {folder}");

    /// <summary>Lets fetches of <paramref name="key"/> go on, now and from now on. <see cref="FetchAsync"/> comes before it.</summary>
    public Task MayFetchAsync(string key) => AskAsync($"may-fetch {key}");

    /// <summary>Takes all of <paramref name="keys"/> together and releases them, so often.</summary>
    public Task TransferAsync(int times, params IEnumerable<string> keys) => AskAsync($"transfer {times} {string.Join(' ', keys)}");

    /// <summary>Lets it take locks at random, and write into <paramref name="folder"/> what it has held, until <see cref="RestAsync"/>.</summary>
    public Task SoakAsync(string folder, string name, int seed) => AskAsync($"soak {folder} {name} {seed}");

    /// <summary>Returns when it has let go of all that it held.</summary>
    public Task RestAsync() => AskAsync("rest");

    /// <summary>The bytes in use in its memory, of .NET's alone.</summary>
    public async Task<long> HeapAsync() => Number(await AskAsync("heap"));

    /// <summary>How far its local time is from UTC.</summary>
    public async Task<TimeSpan> UtcOffsetAsync() => TimeSpan.FromMinutes(Number(await AskAsync("utc-offset")));

    /// <summary>Disposes whatever it holds.</summary>
    public Task ForgetAsync() => AskAsync("forget");

    /// <summary>Ends it at once, with all that it holds. Returns when it is gone.</summary>
    public async Task KillAsync()
    {
        _isKilled = true;
        await Signals.SendAsync("KILL", _process.Id);
        await _process.WaitForExitAsync().Soon();
        _watchdog.WatchNothing();
        await _reading;
    }

    /// <summary>Lets it do nothing until <see cref="ContinueAsync"/>. Returns when it has stopped.</summary>
    public async Task StopAsync()
    {
        await Signals.SendAsync("STOP", _process.Id);
        await Waiting.Until(() => Signals.Stat(_process.Id) is { State: "T" }, "the worker has stopped");
    }

    /// <summary>Lets it go on.</summary>
    public Task ContinueAsync() => Signals.SendAsync("CONT", _process.Id);

    /// <summary>Kills it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_isKilled) await KillAsync();
        await _watchdog.DisposeAsync();
        _process.Dispose();
    }

    private async Task<string> AskAsync(string what)
    {
        var number = Interlocked.Increment(ref _lastAsked);
        var answer = NewAnswer(number);
        var line = $"{number} {what}\n";
        lock (_asked) _process.StandardInput.Write(line);
        return await answer.Task;
    }

    private TaskCompletionSource<string> NewAnswer(int number) => _asked[number] = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ', 3);
            if (!int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !_asked.TryRemove(number, out var answer)) continue;
            var what = words.Length > 2 ? words[2] : "";
            if (words[1] == "ok") answer.SetResult(what);
            else answer.SetException(Failure(what));
        }
        // What a killed one was still doing is nobody's failure.
        var end = _isKilled ? null : new InvalidOperationException($"The worker has ended: {await _errors}");
        foreach (var (_, open) in _asked)
        {
            if (end is null) open.TrySetCanceled();
            else open.TrySetException(end);
        }
    }

    private static WorkerException Failure(string text) =>
        text.Split(' ', 2) is [var type, var message] ? new WorkerException(type, message) : new WorkerException(text, "");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
