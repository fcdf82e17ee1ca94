using System.Globalization;

namespace GoGoScope.Testing;

/// <summary>Processes exclude each other, whatever their clocks and time zones are.</summary>
public abstract class ProcessExclusionContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    private const int Processes = 3;
    private const int Times = 50;

    [Test]
    public async Task A_hundred_and_more_contenders_in_three_processes_lose_no_count()
    {
        const int Contenders = 40, TimesEach = 2;
        var workers = await StartWorkersAsync(Processes);
        Assert.That(await CountAsync(workers, TimesEach, Contenders), Is.EqualTo(Processes * Contenders * TimesEach));
    }

    [Test]
    public async Task Without_a_lock_between_them_they_lose_some()
    {
        var workers = await StartWorkersAsync(Processes, settings => settings with { Store = "memory", Connection = "" });
        await Waiting.Until(async () => await CountAsync(workers) < Processes * Times, "a count is lost: this test would notice if the others' locks were none");
    }

    [Test]
    public async Task Three_processes_with_wrong_clocks_in_other_time_zones_lose_no_count()
    {
        var workers = await Task.WhenAll(
            StartWorkerAsync(),
            StartWorkerAsync(settings => settings with { ClockAhead = TimeSpan.FromHours(1), TimeZone = "America/New_York" }),
            StartWorkerAsync(settings => settings with { ClockAhead = TimeSpan.FromHours(-1), TimeZone = "Asia/Tokyo" }));
        Assert.That(await workers[1].UtcOffsetAsync(), Is.EqualTo(TimeSpan.FromHours(-5)));
        Assert.That(await workers[2].UtcOffsetAsync(), Is.EqualTo(TimeSpan.FromHours(9)));
        Assert.That(await CountAsync(workers), Is.EqualTo(Processes * Times));
    }

    [Test]
    public async Task A_lease_is_as_long_as_it_is_whoever_has_a_wrong_clock([Values(1, -1)] int hours)
    {
        var holder = await StartWorkerAsync(settings => settings with { ClockAhead = TimeSpan.FromHours(hours), TimeZone = "Asia/Tokyo" });
        var next = await StartWorkerAsync(settings => settings with { ClockAhead = TimeSpan.FromHours(-hours), TimeZone = "America/New_York" });
        await holder.AcquireAsync("long", Key, new WorkerRequest { TimeToLive = Ample, AutoRenew = false }).Soon();
        var record = await Probe.LookAsync(Key);
        Assert.That(record.Holders.Single().ExpiresAt - record.Now, Is.InRange((Ample / 2).TotalMicroseconds, Ample.TotalMicroseconds));
        await Assert.ThatAsync(
            () => next.AcquireAsync("it", Key, new WorkerRequest { Timeout = TimeSpan.Zero }).Soon(),
            Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(LockTimeoutException)));
        await holder.ReleaseAsync("long").Soon();

        var first = await holder.AcquireAsync("brief", Key, new WorkerRequest { TimeToLive = Brief, AutoRenew = false }).Soon();
        var second = await next.AcquireAsync("it", Key).Soon();
        Assert.That(second, Is.GreaterThan(first));
        await holder.LostAsync("brief").Soon();
    }

    [Test]
    public async Task Ten_contenders_for_names_that_were_never_used_have_no_errors()
    {
        const int Contenders = 10, Rounds = 30;
        var providers = await Task.WhenAll(Enumerable.Range(0, Contenders).Select(_ => OpenAsync()));
        for (var round = 0; round < Rounds; round++)
        {
            var tokens = await Task.WhenAll(providers.Select(provider => Task.Run(async () =>
            {
                await using var guard = await NewLock(provider, key: $"{Key}:{round}").AcquireAsync();
                return guard.FencingToken;
            }))).Soon();
            Assert.That(tokens, Is.Unique);
        }
    }

    private async Task<int> CountAsync(WorkerProcess[] workers, int times = Times, int contenders = 1)
    {
        var file = NewFile();
        await Task.WhenAll(workers.Select(worker => worker.CountAsync(Key, file, times, contenders))).Soon();
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }
}
