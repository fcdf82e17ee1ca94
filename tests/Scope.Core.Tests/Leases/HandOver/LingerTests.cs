using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A key that is kept for a while after its release, in case somebody here comes back for it.</summary>
public sealed class LingerTests : HandOverFixture
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    protected override LeaseOptions Options => base.Options with { Linger = Linger, LocalTurn = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task Whoever_comes_back_asks_nobody()
    {
        await ReleaseAsync(await Take(Here));
        var before = Store.Calls;
        var last = 0L;
        for (var i = 0; i < 100; i++)
        {
            var taking = Take(Here);
            Assert.That(taking.IsCompletedSuccessfully, "at once");
            var guard = await taking;
            Assert.That(guard.FencingToken, Is.GreaterThan(last));
            last = guard.FencingToken;
            await ReleaseAsync(guard);
        }
        Assert.That(Store.Calls, Is.EqualTo(before));
    }

    [Test]
    public async Task Leases_are_renewed_although_their_process_can_not_say_that_it_lives()
    {
        var guard = await Take(Here);
        Store.Refused = "process:";
        for (var i = 0; i < 12; i++) await PassAsync(TimeSpan.FromSeconds(5));
        Assert.That(guard.IsHeld);
        await ReleaseAsync(guard);
        Store.Refused = null;
    }

    [Test]
    public async Task A_renewal_is_late_for_whoever_holds_the_key_and_not_for_nobody()
    {
        var guard = await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(3) });
        Store.Failure = new IOException("unplugged");
        await PassAsync(TimeSpan.FromSeconds(1.5));
        Assert.That(Here.RenewalDelay, Is.GreaterThan(TimeSpan.Zero));
        await guard.DisposeAsync();
        Assert.That(Here.RenewalDelay, Is.EqualTo(TimeSpan.Zero));
        Store.Failure = null;
    }

    [Test]
    public async Task It_ends_when_its_time_is_over()
    {
        await ReleaseAsync(await Take(Here));
        await PassAsync(Linger - TimeSpan.FromMilliseconds(1));
        await ReleaseAsync(await Take(Here));
        await PassAsync(Linger - TimeSpan.FromMilliseconds(1));
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1), "counted from the last release");
        await PassAsync(TimeSpan.FromMilliseconds(1));
        Assert.That(Store.RecordOf(Key).IsFree);
        Assert.That(Here.IsQuiet);
    }

    [Test]
    public async Task Each_lease_ends_in_its_time_whichever_was_there_first()
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = Here, TimeProvider = Time });
        var semaphore = scope.CreateSemaphore(Key, 3);
        var (first, second) = (await semaphore.AcquireAsync(), await semaphore.AcquireAsync());
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(2));
        await first.DisposeAsync();
        await PassAsync(Linger * 0.5);
        first = await semaphore.AcquireAsync();
        await PassAsync(Linger * 0.1);
        await second.DisposeAsync();
        await PassAsync(Linger * 0.3);
        await first.DisposeAsync();
        await PassAsync(Linger * 0.1);
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(2), "one was used again, the other was released after that");
        await PassAsync(Linger * 0.6);
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1));
        await PassAsync(Linger * 0.3);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Another_process_gets_it_at_once()
    {
        await ReleaseAsync(await Take(Here));
        await ReleaseAsync(await Take(There).Soon());
        await ReleaseAsync(await Take(Here).Soon());
    }

    [Test]
    public async Task Another_process_gets_it_at_once_from_one_that_has_never_waited()
    {
        await using var fresh = new LeasedLockProvider(Store, Options with { TimeProvider = Time });
        await (await Take(fresh).Soon()).DisposeAsync();
        await ReleaseAsync(await Take(There).Soon());
    }

    [Test]
    public async Task A_request_of_another_kind_gets_it_at_once()
    {
        await ReleaseAsync(await Take(Here));
        var reading = await Read(Here).Soon();
        Assert.That(await LockOf(Here).TryAcquireAsync(), Is.Null);
        await ReleaseAsync(reading);
        Assert.That(await LockOf(Here).TryAcquireAsync(), Is.Not.Null, "read is what lingers");
    }

    [Test]
    public async Task It_is_renewed_meanwhile()
    {
        var options = new LockOptions { TimeToLive = TimeSpan.FromSeconds(1) };
        await ReleaseAsync(await Take(Here, options));
        for (var i = 0; i < 18; i++) await PassAsync(Linger / 20);
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1));
        var before = Store.Calls;
        await ReleaseAsync(await Take(Here, options));
        Assert.That(Store.Calls, Is.EqualTo(before));
    }

    [Test]
    public async Task The_end_of_the_provider_lets_go_of_it()
    {
        await ReleaseAsync(await Take(Here));
        await Here.DisposeAsync();
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task A_lease_that_ends_by_itself_does_not_linger()
    {
        await ReleaseAsync(await Take(Here, new LockOptions { TimeToLive = TimeSpan.FromSeconds(10), AutoRenew = false }));
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task It_ends_although_who_came_for_another_kind_has_gone_before_it_left()
    {
        var guard = await Take(Here);
        using var cancel = new CancellationTokenSource();
        var reading = LockOf(Here).AcquireReadAsync(cancel.Token).AsTask();
        await QuietAsync();

        Store.SwapFailure = new IOException("away");
        var released = guard.DisposeAsync().AsTask();
        await QuietAsync();
        await cancel.CancelAsync();
        await QuietAsync();
        Store.SwapFailure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(async () => await reading, Throws.InstanceOf<OperationCanceledException>());

        await PassAsync(Linger);
        Assert.That(Store.RecordOf(Key).IsFree, "nobody has it, and nobody sees to its end");
        await released.Soon();
    }
}
