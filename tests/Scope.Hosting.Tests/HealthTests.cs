using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GoGoScope.Hosting.Tests;

/// <summary>What is healthy, degraded and unhealthy.</summary>
[TestFixture]
public sealed class HealthTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task Locks_of_the_process_are_always_healthy() => Assert.That((await LookAsync(null)).Status, Is.EqualTo(HealthStatus.Healthy));

    [Test]
    public async Task A_distributed_provider_that_cannot_be_asked_is_degraded()
    {
        var host = await TestApplication.StartAsync(
            services =>
            {
                services.AddGoGoScope().UseProvider(new SomebodysProvider());
                services.AddHealthChecks().AddLockStore();
            },
            time: _time);
        var entry = await ReportAsync(host);
        await host.EndAsync();

        Assert.That(entry.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(entry.Description, Does.Contain("\"somebody's\"").And.Contain(nameof(SomebodysProvider)).And.Contain(nameof(LeasedLockProvider)));
    }

    [Test]
    public async Task A_store_that_answers_is_healthy()
    {
        var entry = await LookAsync(new InMemoryLockStore(_time));
        Assert.That((entry.Status, entry.Data["store"]), Is.EqualTo((HealthStatus.Healthy, "in-memory store")));
    }

    [TestCase(6, HealthStatus.Degraded)]
    [TestCase(-6, HealthStatus.Degraded)]
    [TestCase(4, HealthStatus.Healthy)]
    public async Task A_store_whose_clock_is_far_from_this_machines_is_degraded(int seconds, HealthStatus status)
    {
        var entry = await LookAsync(new InMemoryLockStore(new ManualTimeProvider(_time.GetUtcNow().AddSeconds(seconds))));
        Assert.That((entry.Status, entry.Data["clockOffsetMilliseconds"]), Is.EqualTo((status, seconds * 1000.0)), entry.Description);
    }

    [Test]
    public async Task A_store_that_cannot_be_reached_is_unhealthy()
    {
        var entry = await LookAsync(new FaultyLockStore(new InMemoryLockStore(_time), time: _time) { Outage = StoreOutage.Refuses });
        Assert.That(entry.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(entry.Description, Does.Contain("\"in-memory store\" can't be used"));
    }

    [Test]
    public async Task A_process_that_has_lost_a_lease_is_degraded_for_a_while()
    {
        var store = new FaultyLockStore(new InMemoryLockStore(_time), time: _time);
        var host = await StartAsync(store);
        var scope = host.Services.GetRequiredService<ApplicationScope>().Scope;
        var guard = await scope.AcquireLockAsync("a", TimeSpan.FromSeconds(10)).Soon();
        store.Outage = StoreOutage.Refuses;
        _time.Advance(TimeSpan.FromSeconds(10));
        await Waiting.Until(() => guard.LostToken.IsCancellationRequested, "it is lost");
        store.Outage = StoreOutage.None;
        var events = host.Services.GetRequiredService<Logging.EventLog>();
        await Waiting.Until(() => events.LeasesLost.CountWithin(TimeSpan.FromMinutes(1)) > 0, "it was reported");

        var entry = await ReportAsync(host);
        Assert.That(entry.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(entry.Description, Does.Contain("1 leases of this process were lost within 00:01:00"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.That((await ReportAsync(host)).Data["leasesLost"], Is.Zero);
        await host.EndAsync(_time);
    }

    private async Task<HealthReportEntry> LookAsync(ILockStore? store)
    {
        var host = await StartAsync(store);
        var entry = await ReportAsync(host);
        await host.EndAsync();
        return entry;
    }

    private static async Task<HealthReportEntry> ReportAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().Soon()).Entries["gogoscope"];

    private Task<IHost> StartAsync(ILockStore? store) => TestApplication.StartAsync(
        services =>
        {
            var builder = services.AddGoGoScope();
            if (store is not null)
                builder.UseProvider(new LockProviderSource { Name = "in-memory store", Create = (_, settings) => new LeasedLockProvider(store, settings.Leases) });
            services.AddHealthChecks().AddLockStore();
        },
        time: _time);

    private sealed class SomebodysProvider : ILockProvider
    {
        public string Name => "somebody's";

        public bool IsDistributed => true;

        public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<LockSnapshot> Snapshot() => [];
    }
}
