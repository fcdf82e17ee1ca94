using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Leases are renewed together.</summary>
public sealed class RenewalTests : HandOverFixture
{
    [Test]
    public async Task Renewals_of_many_leases_go_to_the_store_in_batches_and_by_one_timer()
    {
        const int Leases = 2_500;
        var timers = Time.ActiveTimers;
        var guards = await TakeAsync(Leases);
        Assert.That(Time.ActiveTimers, Is.EqualTo(timers));

        // All come due while the first are under way.
        var answer = new TaskCompletionSource();
        Store.BatchesWaitFor = answer.Task;
        Time.Advance(Options.DefaultTimeToLive / 3);
        await Waiting.Until(() => Store.Batches == 1 && Here.Renewals.WaitingCount + 1_000 >= Leases, "the first batch is under way, and the others wait");
        var rest = Here.Renewals.WaitingCount;
        answer.SetResult();
        await QuietAsync();
        Assert.That(Store.Batches, Is.EqualTo(1 + (rest + 999) / 1_000));

        await PassAsync(Options.DefaultTimeToLive / 3);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task It_does_not_depend_on_how_those_are_who_wait()
    {
        var own = new CountedStore(Time, Store);
        var guard = await Take(await OpenAsync(own));
        var waiting = await QueueAsync(There);
        var (ends, reads) = (Store.RecordOf(Key).Holders[0].ExpiresAt, own.Reads);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt, Is.GreaterThan(ends));
        Assert.That(own.Reads, Is.EqualTo(reads), "heartbeats that were read");
        await ReleaseAsync(guard);
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task One_that_fails_a_batch_fails_alone()
    {
        var guards = await TakeAsync(10);
        var begun = Store.RecordOf("0").Holders[0].ExpiresAt;
        // As a store says of one whose text is no record.
        Store.BatchFailure = new FormatException("it makes no sense");
        Time.Advance(Options.DefaultTimeToLive / 3);
        await QuietAsync();
        for (var i = 0; i < guards.Count; i++) Assert.That(Store.RecordOf($"{i}").Holders[0].ExpiresAt, Is.GreaterThan(begun));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task A_batch_that_fails_is_tried_again_by_each()
    {
        var guards = await TakeAsync(10);
        var begun = Store.RecordOf("0").Holders[0].ExpiresAt;
        Store.Failure = new IOException("away");
        Time.Advance(Options.DefaultTimeToLive / 3);
        await QuietAsync();
        Store.Failure = null;
        Time.Advance(TimeSpan.FromSeconds(1));
        await Waiting.Until(() => Enumerable.Range(0, guards.Count).All(i => Store.RecordOf($"{i}").Holders[0].ExpiresAt == begun + 11_000_000), "all are renewed, eleven seconds later than they began");
        await PassAsync(TimeSpan.FromSeconds(29));
        Assert.That(guards.TrueForAll(guard => guard.IsHeld));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    private async Task<List<LockGuard>> TakeAsync(int count)
    {
        var guards = new List<LockGuard>();
        for (var i = 0; i < count; i++) guards.Add(await new Lock(CancellationToken.None, new LockOptions { Provider = Here, Key = $"{i}" }).AcquireAsync());
        return guards;
    }
}
