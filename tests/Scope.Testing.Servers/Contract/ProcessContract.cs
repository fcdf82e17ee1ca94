using System.Collections.Concurrent;

namespace GoGoScope.Testing;

/// <summary>What every suite of the contract of processes has: providers and workers on a server, a key of its own, and a look past them.</summary>
/// <typeparam name="THarness">The store under test.</typeparam>
public abstract class ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    /// <summary>A lease that a test waits out.</summary>
    protected static readonly TimeSpan Brief = TimeSpan.FromMilliseconds(700);

    /// <summary>A lease or a time that nobody waits out: longer than <see cref="Waiting.HangLimit"/>.</summary>
    protected static readonly TimeSpan Ample = TimeSpan.FromMinutes(5);

    private static readonly ConcurrentDictionary<string, Lazy<Task>> Prepared = new();

    private readonly List<IAsyncDisposable> _opened = [];
    private readonly List<WorkerProcess> _workers = [];
    private string _folder = "";

    /// <summary>The store under test.</summary>
    protected THarness Harness { get; } = new();

    /// <summary>How clients reach the server of the test.</summary>
    protected string Connection { get; private set; } = "";

    /// <summary>Looks at the records past all providers.</summary>
    protected StoreProbe Probe { get; private set; } = null!;

    /// <summary>A key of this test alone.</summary>
    protected string Key { get; private set; } = "";

    /// <summary>The store of the test: by default the one that all tests of the run share.</summary>
    protected virtual Task<string> ConnectAsync() => Harness.ConnectionAsync();

    /// <summary>Lets go of the store, when nothing uses it any more.</summary>
    protected virtual Task DisconnectAsync(bool hasPassed) => Task.CompletedTask;

    /// <summary>Opens what every test has.</summary>
    [SetUp]
    public async Task Open()
    {
        Connection = await ConnectAsync();
        await Prepared.GetOrAdd($"{Harness.Store} {Connection}", _ => new(() => Harness.PrepareAsync(Connection))).Value;
        var store = await Harness.OpenStoreAsync(Connection);
        if (store is IAsyncDisposable disposable) Keep(disposable);
        Probe = new StoreProbe(store);
        Key = $"processes:{Guid.NewGuid():N}";
        _folder = Directory.CreateTempSubdirectory("gogoscope-").FullName;
    }

    /// <summary>Closes it, and gives the workers back.</summary>
    [TearDown]
    public async Task Close()
    {
        var hasPassed = TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Passed;
        foreach (var worker in _workers) await WorkerPool.ReturnAsync(worker, hasPassed);
        _workers.Clear();
        for (var i = _opened.Count - 1; i >= 0; i--) await _opened[i].DisposeAsync();
        _opened.Clear();
        if (_folder.Length > 0) Directory.Delete(_folder, recursive: true);
        _folder = "";
        await DisconnectAsync(hasPassed);
    }

    /// <summary>A file of this test alone.</summary>
    protected string NewFile() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));

    /// <summary>A provider of its own: in this process, but to the store another one.</summary>
    protected async Task<LeasedLockProvider> OpenAsync(LeaseOptions? options = null, string? connection = null) =>
        Keep(await Harness.OpenAsync(connection ?? Connection, options));

    /// <summary>A store of its own, for a provider that is to get it in another way than applications do.</summary>
    protected async Task<ILockStore> OpenStoreAsync(string? connection = null)
    {
        var store = await Harness.OpenStoreAsync(connection ?? Connection);
        if (store is IAsyncDisposable disposable) Keep(disposable);
        return store;
    }

    /// <summary>Another process.</summary>
    protected Task<WorkerProcess> StartWorkerAsync(Func<WorkerSettings, WorkerSettings>? change = null) => UseAsync(change ?? (settings => settings));

    /// <summary>Several processes, started at the same time.</summary>
    protected Task<WorkerProcess[]> StartWorkersAsync(int count, Func<WorkerSettings, WorkerSettings>? change = null) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => StartWorkerAsync(change)));

    /// <summary>A lock of <see cref="Key"/>, or of another one.</summary>
    protected Lock NewLock(ILockProvider provider, TimeSpan? timeToLive = null, bool autoRenew = true, string? key = null) =>
        new(CancellationToken.None, new LockOptions { Key = key ?? Key, Provider = provider, TimeToLive = timeToLive ?? Ample, AutoRenew = autoRenew });

    /// <summary>Starts to wait, and returns when the request stands in the record as the last of <paramref name="place"/>.</summary>
    protected async Task<Task<T>> QueueAsync<T>(Task<T> waiting, int place)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        await Probe.UntilAsync(Key, record => record.Waiters.Count == place || waiting.IsCompleted, $"{place} wait in the record");
        if (waiting.IsCompleted) Assert.Fail($"A request did not have to wait: {waiting.Status} {waiting.Exception?.InnerException?.Message}");
        return waiting;
    }

    /// <summary>
    /// A worker that <paramref name="acquireAsync"/> lets hold <see cref="Key"/> and <paramref name="endAsync"/> then kills or stops, and its lease as it
    /// stands in the record after that. Where the machine was so slow that it had let go of it before, another worker.
    /// </summary>
    protected async Task<(WorkerProcess Worker, ProbedHolder Lease)> HoldAsync(Func<WorkerProcess, Task<long>> acquireAsync, Func<WorkerProcess, Task> endAsync)
    {
        ArgumentNullException.ThrowIfNull(acquireAsync);
        ArgumentNullException.ThrowIfNull(endAsync);
        while (true)
        {
            var worker = await StartWorkerAsync();
            var token = await acquireAsync(worker).Soon();
            await endAsync(worker);
            if ((await Probe.LookAsync(Key)).Holders.SingleOrDefault(holder => holder.Token == token) is { } lease) return (worker, lease);
            await worker.KillAsync();
        }
    }

    /// <summary>Has it disposed after the test.</summary>
    protected T Keep<T>(T thing) where T : IAsyncDisposable
    {
        _opened.Add(thing);
        return thing;
    }

    private async Task<WorkerProcess> UseAsync(Func<WorkerSettings, WorkerSettings> change)
    {
        var worker = await WorkerPool.RentAsync(change(new WorkerSettings { Store = Harness.Store, Connection = Connection }));
        lock (_workers) _workers.Add(worker);
        return worker;
    }
}
