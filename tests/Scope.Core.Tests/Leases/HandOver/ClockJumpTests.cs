using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Clocks that do not go together: the process or its machine stood still, or the store's clock was set.</summary>
public sealed class ClockJumpTests : HandOverFixture
{
    private static readonly TimeSpan Half = TimeSpan.FromSeconds(15);

    private ShiftedTime _storeTime = null!;

    private protected override TimeProvider StoreTime => _storeTime = new ShiftedTime(Time);

    [Test]
    public async Task Work_that_ends_after_its_lease_has_not_been_done_although_nobody_was_told_yet()
    {
        var time = new ShiftedTime(Time);
        var provider = await OpenAsync(time: time);
        CancellationToken lost = default;
        var running = LockOf(provider).RunExclusiveAsync(
            (guard, _) =>
            {
                lost = guard.LostToken;
                time.Shift += Options.DefaultTimeToLive;
                return ValueTask.FromResult("done");
            },
            cancellationToken: default);
        await Assert.ThatAsync(async () => await running, Throws.TypeOf<LeaseLostException>());
        await Waiting.Until(() => lost.IsCancellationRequested, "the holder hears of it");
    }

    [Test]
    public async Task A_guard_that_lets_go_after_the_end_of_its_lease_has_lost_it()
    {
        var time = new ShiftedTime(Time);
        var guard = await Take(await OpenAsync(time: time));
        var lost = guard.LostToken;
        time.Shift += Options.DefaultTimeToLive;
        await guard.DisposeAsync();
        Assert.That(lost.IsCancellationRequested);
    }

    [Test]
    public async Task Where_the_stores_clock_has_gone_on_alone_leases_are_lost_at_the_first_answer()
    {
        var guard = await Take(Here);
        var lost = guard.LostToken;
        _storeTime.Shift += Options.DefaultTimeToLive;
        Assert.That(guard.IsHeld, "nobody knows yet");
        await AskAsync();
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(lost.IsCancellationRequested);
    }

    [Test]
    public async Task Where_an_answer_comes_after_one_of_later_its_lease_is_no_longer_than_the_store_says()
    {
        var answer = new TaskCompletionSource();
        Store.AnswersWaitFor = answer.Task;
        var taking = Take(Here);
        Store.AnswersWaitFor = null;
        Time.Advance(TimeSpan.FromMilliseconds(1));
        _storeTime.Shift += Options.DefaultTimeToLive;
        await AskAsync();
        answer.SetResult();
        var guard = await taking.Soon();
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt, Is.GreaterThan(Store.Now));
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Where_it_has_gone_on_for_less_they_are_renewed_in_time()
    {
        var guard = await Take(Here);
        _storeTime.Shift += Half;
        await AskAsync();
        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.That(Store.RecordOf(Key).Holders[0].ExpiresAt - Store.Now, Is.GreaterThan(20_000_000));
        await PassAsync(Half);
        Assert.That(guard.IsHeld);
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Where_it_was_set_back_each_renewal_still_asks_whether_the_lease_is_there()
    {
        var guard = await Take(Here);
        var lost = guard.LostToken;
        _storeTime.Shift -= 2 * Options.DefaultTimeToLive;
        for (var i = 0; i < 3; i++)
        {
            var calls = Store.Calls;
            await PassAsync(Options.DefaultTimeToLive / 3);
            Assert.That(Store.Calls, Is.GreaterThan(calls));
            Assert.That(guard.IsHeld);
        }
        Store.IsMute = true;
        await There.ForceReleaseAsync(Key);
        await PassAsync(Options.DefaultTimeToLive / 3);
        Assert.That(guard.IsHeld, Is.False);
        Assert.That(lost.IsCancellationRequested);
    }

    /// <summary>Another key brings news of the clock.</summary>
    private async Task AskAsync()
    {
        await using var other = await new Lock(CancellationToken.None, new LockOptions { Provider = Here, Key = "other" }).AcquireAsync();
    }

    /// <summary>A clock that can go on without its timers.</summary>
    private sealed class ShiftedTime(ManualTimeProvider time) : TimeProvider
    {
        internal TimeSpan Shift { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp() + Shift.Ticks;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Shift;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
