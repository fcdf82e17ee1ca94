namespace GoGoScope.Hosting.Tests;

/// <summary>The scope of the application, and its end within a bound.</summary>
[TestFixture]
public sealed class ShutdownTests
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);

    private ManualTimeProvider _time = null!;
    private InMemoryLockStore _store = null!;
    private LeasedLockProvider _others = null!;
    private LogEntries _log = null!;

    [SetUp]
    public void Begin()
    {
        _time = new ManualTimeProvider();
        _store = new InMemoryLockStore(_time);
        _others = TestApplication.OtherProcess(_store, _time);
        _log = new LogEntries();
    }

    [TearDown]
    public async Task End()
    {
        _log.Dispose();
        await _others.DisposeAsync();
    }

    [Test]
    public async Task At_the_end_children_are_cancelled_and_leases_released()
    {
        var host = await StartAsync(TimeSpan.FromSeconds(10));
        var scope = host.Services.GetRequiredService<ApplicationScope>().Scope;
        var holds = new TaskCompletionSource();
        var child = scope.Start(async ct =>
        {
            await using var guard = await scope.AcquireLockAsync("a", TimeToLive, ct);
            holds.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        }).AsTask();
        await holds.Task.Soon();
        Assert.That(await _others.CanTakeAsync("a"), Is.False);

        await host.StopAsync().Soon();
        await Assert.ThatAsync(() => child.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await _others.CanTakeAsync("a"));
        await host.EndAsync();
        Assert.That(_log.All.Where(entry => entry.Id == 100), Is.Empty);
    }

    [Test]
    public async Task Past_the_bound_leases_are_not_released_under_children_that_still_run_and_end_by_themselves()
    {
        var host = await StartAsync(TimeSpan.Zero);
        var scope = host.Services.GetRequiredService<ApplicationScope>().Scope;
        var (guard, stubborn, goOn) = await HoldStubbornlyAsync(scope, "a");

        await host.StopAsync().Soon();
        Assert.That(stubborn.IsCompleted, Is.False);
        Assert.That(_log.Has(100, "application"), "what still runs is logged");
        await ((IAsyncDisposable)host).DisposeAsync().Soon();
        Assert.That(guard.LostToken.IsCancellationRequested, "the end of the provider tells the holder");
        Assert.That(await _others.CanTakeAsync("a"), Is.False, "nobody gets the key under it");

        _time.Advance(TimeToLive);
        Assert.That(await _others.CanTakeAsync("a"), "the lease has ended");
        goOn.SetResult();
        await stubborn.Soon();
    }

    [Test]
    public async Task Past_the_bound_leases_are_renewed_no_more_also_by_a_provider_that_lives_on()
    {
        var host = await StartAsync(TimeSpan.Zero);
        var application = host.Services.GetRequiredService<ApplicationScope>().Scope;
        await using var elsewhere = Scope.Create(new ScopeOptions { LockProvider = application.LockProvider, TimeProvider = _time });
        await using var kept = await elsewhere.AcquireLockAsync("kept", TimeToLive);
        var (guard, stubborn, goOn) = await HoldStubbornlyAsync(application.CreateChild(), "a");
        await host.StopAsync().Soon();

        for (var third = 0; third < 4; third++)
        {
            _time.Advance(TimeToLive / 3);
            await Waiting.Until(() => ((LeasedLockProvider)application.LockProvider).IsQuiet, "what came due was done in the store");
        }
        Assert.That(kept.IsHeld, "who is not abandoned keeps what it has");
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(guard.LostToken.IsCancellationRequested);
        Assert.That(await _others.CanTakeAsync("a"));
        Assert.That(await _others.CanTakeAsync("kept"), Is.False);
        goOn.SetResult();
        await stubborn.Soon();
        await kept.DisposeAsync();
        await host.EndAsync();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Who_works_in_a_scope_of_services_keeps_its_locks_until_that_ends(bool wasCancelledBefore)
    {
        var host = await StartAsync(TimeSpan.Zero);
        await using var request = host.Services.CreateAsyncScope();
        var scope = request.ServiceProvider.GetRequiredService<Scope>();
        var guard = await scope.AcquireLockAsync("a", TimeToLive);
        // As a lost lease or a deadline may do.
        if (wasCancelledBefore) host.Services.GetRequiredService<ApplicationScope>().Scope.Cancel();

        await host.StopAsync().Soon();
        Assert.That(scope.Token.IsCancellationRequested, "it is told");
        Assert.That(_log.Has(100, "application"), "it is logged");
        Assert.That(await _others.CanTakeAsync("a"), Is.False, "nobody gets the key under it");

        await request.DisposeAsync();
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(await _others.CanTakeAsync("a"), "its end releases it");
        await host.EndAsync();
    }

    [Test]
    public async Task The_end_waits_for_the_scope_of_a_singleton_in_vain()
    {
        var bound = TimeSpan.FromSeconds(10);
        var host = await StartAsync(bound);
        // As it is given to a singleton.
        var scope = host.Services.GetRequiredService<Scope>();
        _ = await scope.AcquireLockAsync("a", TimeToLive);

        var began = _time.GetTimestamp();
        var stopping = host.StopAsync();
        await Waiting.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(100));
                return stopping.IsCompleted;
            },
            "the bound is over");
        Assert.That(_time.GetElapsedTime(began), Is.GreaterThanOrEqualTo(bound));
        Assert.That(_log.Has(100, "application"), "it is logged");
        Assert.That(scope.Reason, Is.Not.Null);
        await host.EndAsync();
    }

    [Test]
    public async Task Who_has_a_scope_of_services_keeps_nobody_from_joining_the_children_of_the_application()
    {
        var host = await StartAsync(TimeSpan.FromSeconds(10));
        var application = host.Services.GetRequiredService<ApplicationScope>().Scope;
        await using (var request = host.Services.CreateAsyncScope())
        {
            _ = request.ServiceProvider.GetRequiredService<Scope>();
            await application.JoinAsync().Soon();
        }
        await host.EndAsync();
    }

    [Test]
    public async Task Who_comes_when_the_application_ends_is_told_so()
    {
        var host = await StartAsync(TimeSpan.Zero);
        await using var request = host.Services.CreateAsyncScope();
        _ = request.ServiceProvider.GetRequiredService<Scope>();
        await host.StopAsync().Soon();

        await using var late = host.Services.CreateAsyncScope();
        Assert.That(late.ServiceProvider.GetRequiredService<Scope>().Token.IsCancellationRequested);
        await late.DisposeAsync();
        await request.DisposeAsync();
        await host.EndAsync();
    }

    [Test]
    public async Task A_host_that_knows_only_start_and_stop_begins_and_ends_it_by_these()
    {
        var added = new ServiceCollection();
        added.AddGoGoScope();
        await using var services = added.BuildServiceProvider();
        var service = services.GetServices<IHostedService>().Single();
        await service.StartAsync(default).Soon();
        var scope = services.GetRequiredService<ApplicationScope>().Scope;
        Assert.That(scope.Reason, Is.Null);
        await service.StopAsync(default).Soon();
        Assert.That(scope.Reason, Is.Not.Null);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Who_stops_after_it_was_told_to_still_has_its_scope(bool concurrently)
    {
        var server = new Server();
        var host = await TestApplication.StartAsync(
            services =>
            {
                // As the web server does where it is added before.
                services.AddHostedService(_ => server);
                services.Configure<HostOptions>(options => options.ServicesStopConcurrently = concurrently);
                services.AddGoGoScope().UseProvider(_ => new LeasedLockProvider(_store, new LeaseOptions { TimeProvider = _time }));
            },
            time: _time);
        await using var request = host.Services.CreateAsyncScope();
        var scope = request.ServiceProvider.GetRequiredService<Scope>();

        var stopping = host.StopAsync();
        await server.Stopping.Task.Soon();
        await using (await scope.AcquireLockAsync("a", TimeToLive)) Assert.That(scope.Token.IsCancellationRequested, Is.False);
        await request.DisposeAsync();
        server.HasStopped.SetResult();
        await stopping.Soon();
        Assert.That(scope.Reason, Is.Not.Null);
        await host.EndAsync();
    }

    [Test]
    public async Task A_child_that_ends_past_the_bound_releases_what_it_holds()
    {
        var host = await StartAsync(TimeSpan.Zero);
        var (_, stubborn, goOn) = await HoldStubbornlyAsync(host.Services.GetRequiredService<ApplicationScope>().Scope, "a");
        await host.StopAsync().Soon();
        goOn.SetResult();
        await stubborn.Soon();
        Assert.That(await _others.CanTakeAsync("a"));
        await host.EndAsync();
    }

    [Test]
    public async Task A_failure_in_the_scope_of_the_application_is_logged_and_leaves_the_others_alone()
    {
        var host = await StartAsync(TimeSpan.FromSeconds(10));
        var scope = host.Services.GetRequiredService<ApplicationScope>().Scope;
        scope.Run(Task (_) => throw new InvalidOperationException("the import failed"));
        await Waiting.Until(() => _log.Has(2, "the import failed"), "it is logged when it happens");
        Assert.That(scope.Token.IsCancellationRequested, Is.False);
        await host.EndAsync();
        Assert.That(_log.Has(101, "failure that nobody has seen"), "and again at the end");
    }

    /// <summary>In a child that takes no notice of its cancellation.</summary>
    private static async Task<(LockGuard Guard, Task Child, TaskCompletionSource GoOn)> HoldStubbornlyAsync(Scope scope, string key)
    {
        var granted = new TaskCompletionSource<LockGuard>(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var child = scope.Start(async ct =>
        {
            await using var guard = await scope.AcquireLockAsync(key, TimeToLive, ct);
            _ = guard.LostToken;
            granted.SetResult(guard);
            await goOn.Task;
        }).AsTask();
        return (await granted.Task.Soon(), child, goOn);
    }

    /// <summary>Takes its time to stop.</summary>
    private sealed class Server : IHostedService
    {
        internal TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource HasStopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Stopping.TrySetResult();
            return HasStopped.Task;
        }
    }

    private Task<IHost> StartAsync(TimeSpan bound) => TestApplication.StartAsync(
        services => services.AddGoGoScope(options => options.ShutdownTimeout = bound).UseProvider(new LockProviderSource
        {
            Name = "in-memory store",
            Create = (_, settings) => new LeasedLockProvider(_store, settings.Leases),
        }),
        time: _time, log: _log);
}
