using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Tests;

/// <summary>Workers that run on one instance at a time.</summary>
[TestFixture]
public sealed class WorkerTests
{
    private const string Key = "worker";

    private ManualTimeProvider _time = null!;
    private InMemoryLockStore _server = null!;

    [SetUp]
    public void Begin()
    {
        _time = new ManualTimeProvider();
        _server = new InMemoryLockStore(_time);
    }

    [Test]
    public async Task It_runs_on_one_instance_and_moves_over_when_that_ends()
    {
        var (one, two, log) = (new Runs(), new Runs(), new LogEntries());
        var first = await StartAsync(one, _server, log: log);
        var run = await one.NextAsync();
        var second = await StartAsync(two, _server);
        await Waiting.Until(() => second.Services.GetRequiredService<ILockProvider>().Snapshot().Any(key => key.Waiters.Count == 1), "the other waits");
        Assert.That(two.Count, Is.Zero);

        await first.EndAsync();
        Assert.That(run.Token.IsCancellationRequested);
        Assert.That(log.All.Where(entry => entry.Level >= LogLevel.Warning), Is.Empty, "that is no failure");
        var next = await two.NextAsync();
        Assert.That(next.FencingToken, Is.GreaterThan(run.FencingToken));
        await second.EndAsync();
        Assert.That((one.Count, two.Count), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task When_its_lease_is_lost_it_is_cancelled_and_runs_again_when_the_key_can_be_had()
    {
        var (runs, log) = (new Runs(), new LogEntries());
        var store = new FaultyLockStore(_server, time: _time);
        var host = await StartAsync(runs, store, log: log);
        var run = await runs.NextAsync();

        store.Outage = StoreOutage.Refuses;
        _time.Advance(TimeSpan.FromSeconds(30));
        await Waiting.Until(() => run.Token.IsCancellationRequested, "its token tells");
        await Waiting.Until(() => log.Has(113, "lost"), "so does the log");
        store.Outage = StoreOutage.None;
        await UntilAsync(host, () => runs.Count > 1);
        var next = await runs.NextAsync();
        Assert.That(next.FencingToken, Is.GreaterThan(run.FencingToken));
        await host.EndAsync(_time);
    }

    [Test]
    public async Task One_that_returns_because_its_lease_was_lost_is_not_done()
    {
        var runs = new Runs { ReturnsWhenCancelled = true };
        var store = new FaultyLockStore(_server, time: _time);
        var host = await StartAsync(runs, store);
        await runs.NextAsync();
        store.Outage = StoreOutage.Refuses;
        _time.Advance(TimeSpan.FromSeconds(30));
        store.Outage = StoreOutage.None;
        await UntilAsync(host, () => runs.Count > 1);
        await host.EndAsync(_time);
    }

    [Test]
    public async Task One_that_lost_another_lease_than_its_own_has_failed()
    {
        var (runs, log) = (new Runs { Failure = new LeaseLostException("The lease on something else was lost.") }, new LogEntries());
        var host = await StartAsync(runs, _server, new ExclusiveWorkerOptions { FirstPause = TimeSpan.FromSeconds(1) }, log);
        await runs.NextAsync();
        await Waiting.Until(() => log.Has(114, "after 00:00:01"), "it is logged, and waits");
        Assert.That(runs.Count, Is.EqualTo(1));
        await host.EndAsync();
    }

    [Test]
    public async Task One_whose_scope_has_failed_when_it_returns_has_failed()
    {
        var (runs, log) = (new Runs { ChildFails = true, Returns = true }, new LogEntries());
        var host = await StartAsync(runs, _server, log: log);
        await runs.NextAsync();
        await Waiting.Until(() => log.Has(114, "failed"), "it is logged");
        Assert.That(log.All.Where(entry => entry.Id is 103 or 111), Is.Empty);
        await host.EndAsync();
    }

    [Test]
    public async Task One_that_throws_is_run_again_after_pauses_that_get_longer_up_to_the_longest()
    {
        var (runs, log) = (new Runs { Failure = new InvalidOperationException("The worker failed.") }, new LogEntries());
        var host = await StartAsync(runs, _server, new ExclusiveWorkerOptions { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(3) }, log);
        string[] pauses = ["00:00:01", "00:00:02", "00:00:03", "00:00:03"];
        for (var i = 0; i < pauses.Length; i++)
        {
            await runs.NextAsync();
            await Waiting.Until(() => log.All.Count(entry => entry.Id == 114) == i + 1, "it is logged");
            Assert.That(log.All.Last(entry => entry.Id == 114).Text, Does.EndWith($"after {pauses[i]}"));
            Assert.That(await TestApplication.OtherProcess(_server, _time).CanTakeAsync(Key), "others may run it meanwhile");
            Assert.That(runs.Count, Is.EqualTo(i + 1));
            await UntilAsync(host, () => runs.Count > i + 1);
        }
        await host.EndAsync();
    }

    [Test]
    public async Task One_that_returns_is_done_here_and_gives_the_key_back()
    {
        var (runs, log) = (new Runs { Returns = true }, new LogEntries());
        var host = await StartAsync(runs, _server, log: log);
        await runs.NextAsync();
        await Waiting.Until(() => log.Has(111, "done"), "it is logged");
        await Waiting.Until(async () => await TestApplication.OtherProcess(_server, _time).CanTakeAsync(Key), "the key is free");
        Assert.That(runs.Count, Is.EqualTo(1));
        await host.EndAsync();
    }

    [Test]
    public async Task What_a_run_has_started_in_its_scope_ends_before_the_key_is_given_back()
    {
        var runs = new Runs { Returns = true, Leaves = new TaskCompletionSource() };
        var host = await StartAsync(runs, _server);
        var run = await runs.NextAsync();
        await Waiting.Until(() => run.Scope.Reason is not null, "its scope ends");
        Assert.That(await TestApplication.OtherProcess(_server, _time).CanTakeAsync(Key), Is.False);
        runs.Leaves.SetResult();
        await Waiting.Until(async () => await TestApplication.OtherProcess(_server, _time).CanTakeAsync(Key), "the key is free");
        await host.EndAsync();
    }

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public async Task One_that_takes_no_notice_of_its_end_keeps_the_key(bool concurrently, bool wasCancelledBefore)
    {
        var runs = new Runs { Ignores = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        var host = await StartAsync(runs, _server, add: services => services.Configure<HostOptions>(options => (options.ServicesStopConcurrently, options.ShutdownTimeout) = (concurrently, TimeSpan.Zero)));
        var run = await runs.NextAsync();
        var others = TestApplication.OtherProcess(_server, _time);
        if (wasCancelledBefore) host.Services.GetRequiredService<ApplicationScope>().Scope.Cancel();

        await host.StopAsync().Soon();
        Assert.That(run.Token.IsCancellationRequested);
        Assert.That(await others.CanTakeAsync(Key), Is.False, "it still runs");
        await ((IAsyncDisposable)host).DisposeAsync().Soon();
        Assert.That(await others.CanTakeAsync(Key), Is.False, "also when the host is gone");

        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await others.CanTakeAsync(Key), "the lease has ended");
        runs.Ignores.SetResult();
        await others.DisposeAsync();
    }

    [Test]
    public async Task One_that_takes_its_time_keeps_the_key_until_it_has_ended()
    {
        var runs = new Runs { Ignores = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        var host = await StartAsync(runs, _server, add: services => services.Configure<HostOptions>(options => options.ServicesStopConcurrently = true));
        var run = await runs.NextAsync();
        await using var others = TestApplication.OtherProcess(_server, _time);

        var stopping = host.StopAsync();
        await Waiting.Until(() => run.Token.IsCancellationRequested, "it is told");
        Assert.That(await others.CanTakeAsync(Key), Is.False);
        runs.Ignores.SetResult();
        await stopping.Soon();
        Assert.That(await others.CanTakeAsync(Key), "it has ended");
        await host.EndAsync();
    }

    [Test]
    public async Task A_store_that_is_not_there_ends_the_start()
    {
        using var host = TestApplication.Build(services =>
        {
            services.AddSingleton(new Runs());
            services.AddGoGoScope();
            services.AddExclusiveWorker<Worker>(Key, new ExclusiveWorkerOptions { Store = "stok" });
        });
        await Assert.ThatAsync(() => host.StartAsync(), Throws.InvalidOperationException.With.Message.StartsWith("The worker Worker is to use the store \"stok\", and there is none of that name."));
    }

    [Test]
    public void It_needs_GoGoScope_first_and_a_key()
    {
        Assert.That(() => new ServiceCollection().AddExclusiveWorker<Worker>(Key), Throws.InvalidOperationException.With.Message.Contains("AddGoGoScope before"));
        var services = new ServiceCollection();
        services.AddGoGoScope();
        Assert.That(() => services.AddExclusiveWorker<Worker>(" "), Throws.ArgumentException);
        Assert.That(
            () => services.AddExclusiveWorker<Worker>(Key, new ExclusiveWorkerOptions { LongestPause = TimeSpan.FromMilliseconds(1) }),
            Throws.ArgumentException.With.Message.Contains("LongestPause (00:00:00.0010000) must be at least FirstPause (00:00:01)"));
        Assert.That(() => new ExclusiveWorkerOptions { LongestPause = TimeSpan.MaxValue }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("at most 30 days"));
    }

    /// <summary>Moves the clock from one timer to the next, whenever nothing is under way.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private async Task UntilAsync(IHost host, Func<bool> condition)
    {
        var provider = (LeasedLockProvider)host.Services.GetRequiredService<ILockProvider>();
        await Waiting.Until(
            () =>
            {
                if (condition()) return true;
                // In small steps, and not while it runs: a run must not seem to have taken long.
                if (provider.IsQuiet && provider.Snapshot().Count == 0 && _time.UntilNextTimer is { } next) _time.Advance(next < Step ? next : Step);
                return false;
            },
            "it runs again");
    }

    private Task<IHost> StartAsync(Runs runs, ILockStore store, ExclusiveWorkerOptions? options = null, LogEntries? log = null, Action<IServiceCollection>? add = null) => TestApplication.StartAsync(
        services =>
        {
            services.AddSingleton(runs);
            services.AddGoGoScope().UseProvider(new LockProviderSource { Name = "in-memory store", Create = (_, settings) => new LeasedLockProvider(store, settings.Leases) });
            services.AddExclusiveWorker<Worker>(Key, options);
            add?.Invoke(services);
        },
        time: _time, log: log);

    private sealed record Run(long FencingToken, Scope Scope, CancellationToken Token);

    private sealed class Runs
    {
        private readonly Channel<Run> _begun = Channel.CreateUnbounded<Run>();
        private int _count;

        internal Exception? Failure { get; init; }

        internal bool Returns { get; init; }

        internal bool ReturnsWhenCancelled { get; init; }

        internal bool ChildFails { get; init; }

        internal TaskCompletionSource? Leaves { get; init; }

        internal TaskCompletionSource? Ignores { get; init; }

        internal int Count => Volatile.Read(ref _count);

        internal Task<Run> NextAsync() => _begun.Reader.ReadAsync().Soon();

        internal void Begin(Run run)
        {
            Interlocked.Increment(ref _count);
            _begun.Writer.TryWrite(run);
        }
    }

    private sealed class Worker(Runs runs, Scope scope) : IExclusiveWorker
    {
        public async Task RunAsync(LockGuard guard, CancellationToken cancellationToken)
        {
            runs.Begin(new Run(guard.FencingToken, scope, cancellationToken));
            if (runs.Failure is { } failure) throw failure;
            if (runs.ChildFails)
            {
                scope.Run(Task (_) => throw new InvalidOperationException("A child of the worker failed."));
                await Waiting.Until(() => scope.Failures.Count == 1, "the child has failed");
            }
            if (runs.Leaves is { } leaves) await LeaveAsync(leaves);
            if (runs.Ignores is { } end) await end.Task;
            if (runs.Returns) return;
            var cancelled = Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            if (runs.ReturnsWhenCancelled) await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            else await cancelled;
        }

        /// <summary>Starts what goes on when the worker has returned, and takes no notice of its cancellation.</summary>
        private Task LeaveAsync(TaskCompletionSource leaves)
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            scope.Run(_ =>
            {
                begun.SetResult();
                return leaves.Task;
            });
            return begun.Task;
        }
    }
}
