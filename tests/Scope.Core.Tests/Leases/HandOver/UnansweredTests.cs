using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A store that says nothing, and a request whose own time is shorter than the store's: nobody can say that the lock is taken.</summary>
public sealed class UnansweredTests : HandOverFixture
{
    private static readonly AcquireOptions Briefly = new() { Timeout = TimeSpan.FromSeconds(1) };

    private TaskCompletionSource _answers = null!;

    [SetUp]
    public void Ask() => _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Test]
    public async Task Who_acquires_is_told_that_the_store_did_not_answer()
    {
        Hang();
        var taking = LockOf(Here).AcquireAsync(Briefly).AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<LockProviderException>(() => taking.Soon());
        Assert.That(error!.Key, Is.EqualTo(Key));
        Assert.That(error.Message, Does.Contain("it has not answered within 1 s"));
        Assert.That(error.InnerException, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public async Task Who_tries_is_told_so_as_well_and_not_that_the_lock_is_taken()
    {
        Hang();
        var trying = LockOf(Here).TryAcquireAsync(Briefly).AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<LockProviderException>(() => trying.Soon());
    }

    [Test]
    public async Task Who_waits_for_a_guard_of_this_process_was_too_late()
    {
        var guard = await Take(Here);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Hang();
        var trying = LockOf(Here).TryAcquireAsync(Briefly).AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await trying.Soon(), Is.Null);
        _answers.SetResult();
        await ReleaseAsync(guard);
    }

    [Test]
    public async Task Who_stands_in_the_queue_of_the_store_was_too_late()
    {
        var guard = await Take(There);
        var first = await QueueAsync(Here, reads: true);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Hang();
        // Another reader comes in together with the first, without a word to the store.
        var trying = LockOf(Here).TryAcquireReadAsync(Briefly).AsTask();
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await trying.Soon(), Is.Null);
        _answers.SetResult();
        await ReleaseAsync(guard);
        await ReleaseAsync(await first.Soon());
    }

    [Test]
    public async Task Whoever_was_answered_that_it_has_to_wait_was_too_late()
    {
        var guard = await Take(There);
        var trying = LockOf(Here).TryAcquireAsync(Briefly).AsTask();
        await QuietAsync();
        Hang();
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await trying.Soon(), Is.Null);
        _answers.SetResult();
        await ReleaseAsync(guard);
    }

    [TestCase(1, false)]
    [TestCase(10, true)]
    public async Task Who_waits_in_the_queue_is_told_of_a_store_that_fails_only_if_it_has_for_long_enough(int seconds, bool isTold)
    {
        var guard = await Take(There);
        var trying = LockOf(Here, new LockOptions { TimeProvider = Time }).TryAcquireAsync(new AcquireOptions { Timeout = TimeSpan.FromSeconds(seconds) }).AsTask();
        await QuietAsync();
        Store.Failure = new IOException("away");
        Here.Look();
        for (var i = 0; i < 2 * seconds; i++) await PassAsync(TimeSpan.FromSeconds(0.5));
        if (isTold) await Assert.ThatAsync(() => trying.Soon(), Throws.TypeOf<LockProviderException>().With.InnerException.EqualTo(Store.Failure));
        else Assert.That(await trying.Soon(), Is.Null);
        Store.Failure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        await ReleaseAsync(guard);
    }

    [TearDown]
    public void Answer()
    {
        Store.Failure = null;
        Store.AnswersWaitFor = null;
        _answers.TrySetResult();
    }

    private void Hang()
    {
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Store.AnswersWaitFor = _answers.Task;
    }
}
