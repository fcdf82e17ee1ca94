using GoGoScope.Tests.Run;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GoGoScope.Hosting.Tests;

/// <summary>The limits of health checks, and what they are called, by a clock that the test moves.</summary>
[TestFixture]
public sealed class HealthLimitTests
{
    private static readonly StoreFaultException Busy = new("busy");

    private ManualTimeProvider _time = null!;
    private FaultyLockStore _store = null!;
    private IHost? _host;

    [SetUp]
    public void SetUp()
    {
        _time = new ManualTimeProvider();
        _store = new FaultyLockStore(new InMemoryLockStore(_time), time: _time);
    }

    [TearDown]
    public async Task TearDown()
    {
        (_store.Outage, _store.Faults) = (StoreOutage.None, null);
        if (_host is not null) await _host.EndAsync(_time);
    }

    [TestCase(null, HealthStatus.Degraded)]
    [TestCase(3.9, HealthStatus.Healthy)]
    public async Task A_renewal_that_is_late_degrades_the_process_until_the_store_has_answered_it(double? limit, HealthStatus status)
    {
        var options = new LockStoreHealthOptions();
        await StartAsync(limit is { } seconds ? options with { MaxRenewalDelay = TimeSpan.FromSeconds(seconds) } : options);
        _ = await Scope.AcquireLockAsync("a", TimeSpan.FromSeconds(30)).Soon();
        // Reads are answered.
        _store.Faults = new SwapFaults(new CallFault { LosesRequest = true, Error = Busy });
        _time.Advance(TimeSpan.FromSeconds(11));
        var late = await ReportAsync();
        Assert.That((late.Status, late.Data["renewalDelayMilliseconds"]), Is.EqualTo((HealthStatus.Healthy, Provider.RenewalDelay.TotalMilliseconds)));
        Assert.That(Provider.RenewalDelay, Is.GreaterThan(TimeSpan.Zero));

        _time.Advance(TimeSpan.FromSeconds(2));
        late = await ReportAsync();
        Assert.That((late.Status, late.Data["leasesLost"], late.Data["storeFailures"]), Is.EqualTo((status, 0, 0)), late.Description);
        if (status == HealthStatus.Degraded) Assert.That(late.Description, Does.Match("the renewal of a lease is 00:00:03.* behind its time, more than 00:00:02"));

        _store.Faults = null;
        await Waiting.Until(
            () =>
            {
                // Those of the pauses before it is tried again.
                if (_time.UntilNextTimer is { } pause && pause <= TimeSpan.FromSeconds(0.5)) _time.Advance(pause);
                return Provider.RenewalDelay == TimeSpan.Zero;
            },
            "it is renewed");
        Assert.That((await ReportAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    [TestCase(null, 3)]
    [TestCase(1, 1)]
    public async Task A_store_that_hangs_is_unhealthy_after_the_timeout(int? timeout, int seconds)
    {
        var options = new LockStoreHealthOptions();
        await StartAsync(timeout is { } given ? options with { Timeout = TimeSpan.FromSeconds(given) } : options);
        using var unobserved = new UnobservedErrors("no answer within");
        await LookInVainAsync(seconds);
        // By then the store would have had to answer whoever asks it for a lock.
        _time.Advance(new LeaseOptions().StoreTimeout);
        Assert.That(unobserved.CountNow(), Is.Zero, "nobody is left who hears that it does not answer");
    }

    private async Task LookInVainAsync(int seconds)
    {
        _store.Outage = StoreOutage.Hangs;
        var timers = _time.ActiveTimers;
        var looking = ReportAsync();
        // Those of the answer and of the look.
        await Waiting.Until(() => _time.ActiveTimers >= timers + 2, "it waits");
        _time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        Assert.That(looking.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var hanging = await looking;
        Assert.That((hanging.Status, hanging.Description), Is.EqualTo((HealthStatus.Unhealthy, $"The store \"in-memory store\" can't be used: it did not answer within 00:00:0{seconds}")));
    }

    [TestCase(null, 0.4, HealthStatus.Healthy)]
    [TestCase(null, 0.6, HealthStatus.Degraded)]
    [TestCase(0.7, 0.6, HealthStatus.Healthy)]
    public async Task A_store_that_is_slow_is_degraded(double? slowAfter, double takes, HealthStatus status)
    {
        var options = new LockStoreHealthOptions();
        await StartAsync(slowAfter is { } given ? options with { SlowAfter = TimeSpan.FromSeconds(given) } : options);
        _store.Faults = new Delays(TimeSpan.FromSeconds(takes));
        var looking = ReportAsync();
        await Waiting.Until(() => _store.UnderWay == 1, "it is asked");
        _time.Advance(TimeSpan.FromSeconds(takes));
        var slow = await looking;
        Assert.That((slow.Status, slow.Data["roundTripMilliseconds"]), Is.EqualTo((status, takes * 1000)), slow.Description);
        if (status == HealthStatus.Degraded) Assert.That(slow.Description, Does.Contain("it took 00:00:00.6000000 to answer, more than 00:00:00.5000000"));
    }

    [Test]
    public async Task A_limit_that_is_as_long_as_can_be_is_never_reached()
    {
        var never = TimeSpan.MaxValue;
        await StartAsync(new LockStoreHealthOptions { Timeout = TimeSpan.FromDays(30), SlowAfter = never, MaxClockOffset = never, MaxRenewalDelay = never, Recent = never });
        _store.Faults = new Delays(TimeSpan.FromSeconds(1));
        var looking = ReportAsync();
        await Waiting.Until(() => _store.UnderWay == 1, "it is asked");
        _time.Advance(TimeSpan.FromSeconds(1));
        var slow = await looking;
        Assert.That((slow.Status, slow.Data.GetValueOrDefault("roundTripMilliseconds")), Is.EqualTo((HealthStatus.Healthy, 1000.0)), slow.Exception?.Message);
    }

    [Test]
    public async Task A_store_that_could_not_be_used_degrades_the_process_for_a_while()
    {
        await StartAsync();
        _ = await Scope.AcquireLockAsync("known", TimeSpan.FromDays(1)).Soon();
        _store.Faults = new SwapFaults(new CallFault { LosesRequest = true, Error = Busy });
        var failing = Scope.AcquireLockAsync("a").AsTask();
        await Waiting.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(50));
                return failing.IsCompleted;
            },
            "it is given up");
        await Assert.ThatAsync(() => failing, Throws.TypeOf<LockProviderException>());
        var events = _host!.Services.GetRequiredService<Logging.EventLog>();
        await Waiting.Until(() => events.StoreFailures.CountWithin(TimeSpan.FromMinutes(1)) > 0, "it was reported");

        var degraded = await ReportAsync();
        Assert.That((degraded.Status, degraded.Data["storeFailures"]), Is.EqualTo((HealthStatus.Degraded, 1)));
        Assert.That(degraded.Description, Does.Contain("it could not be used 1 times within 00:01:00"));
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.That((await ReportAsync()).Data["storeFailures"], Is.Zero);
    }

    [TestCase(null, HealthStatus.Unhealthy)]
    [TestCase(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task What_a_store_is_that_cannot_be_used_is_for_the_application_to_say(HealthStatus? failureStatus, HealthStatus status)
    {
        await StartAsync(failureStatus: failureStatus);
        _store.Outage = StoreOutage.Refuses;
        Assert.That((await ReportAsync()).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task The_check_of_a_store_with_a_name_has_its_name_and_looks_at_that_store()
    {
        _host = await TestApplication.StartAsync(
            services =>
            {
                services.AddGoGoScope();
                services.AddGoGoScope("stock").UseProvider(Source);
                services.AddHealthChecks().AddLockStore(tags: ["all"]).AddLockStore("stock", tags: ["ready"]);
            },
            time: _time);
        _store.Outage = StoreOutage.Refuses;
        var report = await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().Soon();
        Assert.That(
            report.Entries.Select(entry => (entry.Key, entry.Value.Status, entry.Value.Tags.Single())),
            Is.EquivalentTo([("gogoscope", HealthStatus.Healthy, "all"), ("gogoscope:stock", HealthStatus.Unhealthy, "ready")]));
    }

    [Test]
    public void A_limit_is_more_than_zero()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => new LockStoreHealthOptions { Timeout = TimeSpan.Zero }, Refused());
            Assert.That(() => new LockStoreHealthOptions { SlowAfter = TimeSpan.Zero }, Refused());
            Assert.That(() => new LockStoreHealthOptions { MaxClockOffset = TimeSpan.Zero }, Refused());
            Assert.That(() => new LockStoreHealthOptions { MaxRenewalDelay = TimeSpan.Zero }, Refused());
            Assert.That(() => new LockStoreHealthOptions { Recent = TimeSpan.Zero }, Refused());
        });

        static NUnit.Framework.Constraints.IResolveConstraint Refused() => Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Must be more than zero");
    }

    [Test]
    public void The_time_for_an_answer_is_at_most_that_of_a_timer() =>
        Assert.That(() => new LockStoreHealthOptions { Timeout = TimeSpan.MaxValue }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("at most 30 days"));

    private Scope Scope => _host!.Services.GetRequiredService<ApplicationScope>().Scope;

    private LeasedLockProvider Provider => (LeasedLockProvider)_host!.Services.GetRequiredService<ILockProvider>();

    private LockProviderSource Source => new() { Name = "in-memory store", Create = (_, settings) => new LeasedLockProvider(_store, settings.Leases) };

    private async Task StartAsync(LockStoreHealthOptions? options = null, HealthStatus? failureStatus = null) => _host = await TestApplication.StartAsync(
        services =>
        {
            services.AddGoGoScope().UseProvider(Source);
            services.AddHealthChecks().AddLockStore(options: options, failureStatus: failureStatus);
        },
        time: _time);

    private async Task<HealthReportEntry> ReportAsync() =>
        (await _host!.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync().Soon()).Entries["gogoscope"];

    /// <summary>What swaps come to, while records can be read.</summary>
    private sealed class SwapFaults(CallFault fault) : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => request.Kind is StoreCallKind.Swap or StoreCallKind.SwapMany ? fault : default;

        public NewsFault OnNews(string key) => default;
    }

    private sealed class Delays(TimeSpan takes) : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => new() { ReplyDelay = takes };

        public NewsFault OnNews(string key) => default;
    }
}
