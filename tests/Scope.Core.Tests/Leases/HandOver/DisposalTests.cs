using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>The end of a provider: nothing of its process stays in the store, as far as that is possible in time, and nothing goes on here.</summary>
public sealed class DisposalTests : HandOverFixture
{
    private static readonly TimeSpan LongAfter = TimeSpan.FromHours(1);

    private int DeadlinesSet => DeadlineQueue.For(Time).Count;

    [Test]
    public async Task It_waits_for_a_first_request_that_is_under_way()
    {
        var answers = HoldAnswers();
        var taken = Take(Here);
        await Waiting.Until(() => Store.RecordOf(Key).Holders.Length == 1, "the request is granted in the store");
        var disposed = Here.DisposeAsync().AsTask();
        await Assert.ThatAsync(() => taken, Throws.TypeOf<LockProviderException>().With.Message.Contains("disposed"));
        Assert.That(disposed.IsCompleted, Is.False);
        answers.SetResult();
        await disposed.Soon();
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task It_takes_who_waits_out_of_the_store()
    {
        await using var held = await Take(There);
        var waiting = await QueueAsync(Here);
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(1));
        await Here.DisposeAsync();
        await Assert.ThatAsync(() => waiting, Throws.TypeOf<LockProviderException>());
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.Zero);
    }

    [Test]
    public async Task It_releases_what_is_held_also_if_the_store_comes_back_only_then()
    {
        var held = await Take(Here);
        Store.Failure = new IOException("away");
        var disposed = Here.DisposeAsync().AsTask();
        await PassAsync(Options.ReleaseTimeout / 2);
        Assert.That(disposed.IsCompleted, Is.False);
        Store.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(Store.RecordOf(Key).IsFree);
        Assert.That(held.IsHeld, Is.False);
        // A request that failed may still arrive, as far as this process knows.
        await PassAsync(Options.StoreTimeout);
        await disposed.Soon();
    }

    [Test]
    public async Task It_waits_for_a_store_that_does_not_let_it_go_no_longer_than_the_end_may_take()
    {
        var goodbyes = new TaskCompletionSource();
        Store.GoodbyesWaitFor = goodbyes.Task;
        try
        {
            var disposed = Here.DisposeAsync().AsTask();
            await PassAsync(Options.ReleaseTimeout - TimeSpan.FromTicks(1));
            Assert.That(disposed.IsCompleted, Is.False);
            await PassAsync(TimeSpan.FromTicks(1));
            await disposed.Soon();
        }
        finally
        {
            Store.GoodbyesWaitFor = null;
            goodbyes.SetException(new IOException("the server had gone"));
        }
    }

    [Test]
    public async Task It_has_nothing_to_do_about_a_key_that_the_store_does_not_take()
    {
        Store.Failure = new ArgumentException("half a character");
        await Assert.ThatAsync(() => Take(Here), Throws.TypeOf<LockProviderException>().With.InnerException.TypeOf<ArgumentException>());
        await PassAsync(TimeSpan.FromSeconds(1));
        await Here.DisposeAsync().AsTask().Soon();
        Store.Failure = null;
    }

    [Test]
    public async Task It_leaves_no_deadline_of_a_lease_that_would_linger_for_ever()
    {
        var before = DeadlinesSet;
        var lingering = new LeasedLockProvider(Store, Options with { TimeProvider = Time, ClockDrift = 0, Linger = TimeSpan.MaxValue });
        await (await Take(lingering)).DisposeAsync();
        await Waiting.Until(() => lingering.IsQuiet, "it lingers");
        Assert.That(DeadlinesSet, Is.GreaterThan(before));
        await lingering.DisposeAsync();
        Assert.That(DeadlinesSet, Is.EqualTo(before));
    }

    [Test]
    public async Task It_gives_up_in_time_and_asks_a_store_that_is_away_no_more()
    {
        var held = await Take(Here);
        Store.Failure = new IOException("away");
        var disposed = Here.DisposeAsync().AsTask();
        await PassAsync(Options.ReleaseTimeout - TimeSpan.FromTicks(1));
        Assert.That(disposed.IsCompleted, Is.False);
        Time.Advance(TimeSpan.FromTicks(1));
        await disposed.Soon();
        await NothingGoesOnAsync();
        await held.DisposeAsync();
    }

    [Test]
    public async Task It_asks_no_more_about_a_request_that_got_lost()
    {
        Store.Detain();
        var taken = Take(Here);
        await Waiting.Until(() => Here.Snapshot().Count == 0 && Here.IsQuiet, "the request was sent and lost");
        Store.Failure = new IOException("away");
        var disposed = Here.DisposeAsync().AsTask();
        await Assert.ThatAsync(() => taken, Throws.TypeOf<LockProviderException>());
        await PassAsync(Options.ReleaseTimeout);
        await disposed.Soon();
        await NothingGoesOnAsync();
    }

    [Test]
    public async Task It_waits_no_longer_than_it_may_for_a_store_that_does_not_answer()
    {
        var held = await Take(Here);
        var answers = HoldAnswers();
        var disposed = Here.DisposeAsync().AsTask();
        Assert.That(disposed.IsCompleted, Is.False);
        Time.Advance(Options.ReleaseTimeout);
        await disposed.Soon();
        answers.SetResult();
        await NothingGoesOnAsync();
        await held.DisposeAsync();
    }

    [Test]
    public async Task Disposing_it_again_waits_for_the_first()
    {
        await using var held = await Take(Here);
        var answers = HoldAnswers();
        var first = Here.DisposeAsync().AsTask();
        var second = Here.DisposeAsync().AsTask();
        Assert.That(second.IsCompleted, Is.False);
        answers.SetResult();
        await second.Soon();
        Assert.That(Store.RecordOf(Key).IsFree);
        await first.Soon();
    }

    [Test]
    public async Task What_is_told_of_its_end_may_dispose_it_too()
    {
        var held = await Take(Here);
        var told = new TaskCompletionSource();
        await using var registration = held.LostToken.Register(async () =>
        {
            await Here.DisposeAsync();
            told.SetResult();
        });
        await Here.DisposeAsync();
        await told.Task.Soon();
        await held.DisposeAsync();
    }

    [Test]
    public async Task It_ends_what_was_being_made_ready_for_waiting()
    {
        var watches = new TaskCompletionSource();
        var watching = Store.Watching;
        Store.WatchesWaitFor = watches.Task;
        var provider = new LeasedLockProvider(Store, Options with { TimeProvider = Time });
        var deadlines = DeadlinesSet;
        var ready = provider.GetReadyToWaitAsync();
        await provider.DisposeAsync();
        watches.SetResult();
        await ready.Soon();
        Assert.That(Store.Watching, Is.EqualTo(watching));
        Assert.That(DeadlinesSet, Is.EqualTo(deadlines), "no heartbeat comes due");
    }

    private TaskCompletionSource HoldAnswers()
    {
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.AnswersWaitFor = answers.Task;
        return answers;
    }

    /// <summary>Here, while the other process is there and its heart beats.</summary>
    private async Task NothingGoesOnAsync()
    {
        Store.Failure = null;
        Store.AnswersWaitFor = null;
        await There.DisposeAsync();
        await Waiting.Until(() => DeadlinesSet == 0 && Here.IsQuiet && There.IsQuiet, "nothing comes due any more");
        var calls = Store.Calls;
        await PassAsync(LongAfter);
        Assert.That(Store.Calls, Is.EqualTo(calls));
        Assert.That(Store.Watching, Is.Zero);
    }
}
