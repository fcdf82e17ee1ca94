using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>What permits cost the store, and how they go from one request of a process to the next.</summary>
public sealed class PermitsTests : HandOverFixture
{
    private Scope _here = null!;
    private Scope _there = null!;

    [SetUp]
    public void MakeScopes() => (_here, _there) = (ScopeOf(Here), ScopeOf(There));

    [TearDown]
    public async Task EndScopes()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
    }

    [Test]
    public async Task A_free_permit_costs_one_swap_and_its_return_another()
    {
        var (calls, swaps) = (Store.Calls, Store.Swaps);
        var guard = await _here.CreateSemaphore(Key, 3).AcquireAsync(2);
        Assert.That((Store.Calls - calls, Store.Swaps - swaps), Is.EqualTo((1, 1)));
        await ReleaseAsync(guard);
        Assert.That((Store.Calls - calls, Store.Swaps - swaps), Is.EqualTo((2, 2)));
        Assert.That(Here.Snapshot(), Is.Empty);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Many_who_ask_at_once_are_granted_together()
    {
        var semaphore = _here.CreateSemaphore(Key, 20);
        await using var first = await semaphore.AcquireAsync();
        var (before, answer) = (Store.Swaps, new TaskCompletionSource());
        Store.AnswersWaitFor = answer.Task;
        var asked = Enumerable.Range(0, 18).Select(_ => semaphore.AcquireAsync().AsTask()).ToList();
        Store.AnswersWaitFor = null;
        answer.SetResult();
        await Task.WhenAll(asked).Soon();
        Assert.That(Store.Swaps - before, Is.EqualTo(2), "the one that was under way, and one for all who came meanwhile");

        // And given back together.
        before = Store.Swaps;
        Store.AnswersWaitFor = (answer = new TaskCompletionSource()).Task;
        var released = asked.ConvertAll(one => one.Result.DisposeAsync().AsTask());
        Store.AnswersWaitFor = null;
        answer.SetResult();
        await Task.WhenAll(released).Soon();
        await QuietAsync();
        Assert.That(Store.Swaps - before, Is.EqualTo(2));
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1));
    }

    [Test]
    public async Task Those_who_wait_here_are_served_by_the_leases_that_are_there()
    {
        const int Permits = 4, Waiters = 400;
        var semaphore = _here.CreateSemaphore(Key, Permits);
        var held = new Queue<SemaphoreGuard>();
        for (var i = 0; i < Permits; i++) held.Enqueue(await semaphore.AcquireAsync());
        var waiting = new Queue<Task<SemaphoreGuard>>(Enumerable.Range(0, Waiters).Select(_ => semaphore.AcquireAsync().AsTask()));
        await QuietAsync();
        Assert.That(Store.RecordOf(Key).Waiters.Length, Is.EqualTo(1), "one stands in the queue for all");
        var (before, tokens) = (Store.Calls, held.Select(guard => guard.GrantId).ToHashSet());
        while (waiting.TryDequeue(out var next))
        {
            await held.Dequeue().DisposeAsync();
            var guard = await next.Soon();
            Assert.That(tokens.Add(guard.GrantId), "its own token");
            held.Enqueue(guard);
        }
        Assert.That(Store.Calls - before, Is.LessThan(20), $"calls for {Waiters} grants: tokens for each lease");
        while (held.TryDequeue(out var guard)) await ReleaseAsync(guard);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Another_process_that_waits_has_its_turn_and_all_of_what_it_wants()
    {
        var (here, there) = (_here.CreateSemaphore(Key, 2), _there.CreateSemaphore(Key, 2));
        var (first, second) = (await here.AcquireAsync(), await here.AcquireAsync());
        var before = await QueueAsync(here, 1);
        // Handed on once, so that there are tokens ahead and no question is open.
        await ReleaseAsync(first);
        first = await before.Soon();
        var heavy = await QueueAsync(there, 2);
        var after = await QueueAsync(here, 1);
        await ReleaseAsync(first);
        Assert.That((heavy.IsCompleted, after.IsCompleted), Is.EqualTo((false, false)), "one is free, and nobody goes past the heavy one");
        await ReleaseAsync(second);
        await ReleaseAsync(await heavy.Soon());
        await ReleaseAsync(await after.Soon());
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    [Test]
    public async Task Leases_of_another_weight_are_given_back_for_who_is_next()
    {
        var semaphore = _here.CreateSemaphore(Key, 3);
        var light = new[] { await semaphore.AcquireAsync(), await semaphore.AcquireAsync(), await semaphore.AcquireAsync() };
        var heavy = await QueueAsync(semaphore, 3);
        var behind = await QueueAsync(semaphore, 1);
        await ReleaseAsync(light[0]);
        await ReleaseAsync(light[1]);
        Assert.That((heavy.IsCompleted, behind.IsCompleted), Is.EqualTo((false, false)));
        await ReleaseAsync(light[2]);
        var all = await heavy.Soon();
        Assert.That(behind.IsCompleted, Is.False);
        await ReleaseAsync(all);
        await ReleaseAsync(await behind.Soon());
    }

    [Test]
    public async Task Who_follows_comes_in_with_whoever_ranks_first()
    {
        var (here, there) = (_here.CreateSemaphore(Key, 4), _there.CreateSemaphore(Key, 4));
        var all = await there.AcquireAsync(4);
        var waiting = new List<Task<SemaphoreGuard>>();
        for (var i = 0; i < 4; i++) waiting.Add(await QueueAsync(here, 1));
        var before = Store.Swaps;
        await ReleaseAsync(all);
        await Task.WhenAll(waiting).Soon();
        Assert.That(Store.Swaps - before, Is.EqualTo(3), "the release, which hears of those who wait, again, which grants to the first, and one for all others");
        foreach (var guard in waiting) await ReleaseAsync(await guard);
    }

    [Test]
    public async Task Who_may_not_be_passed_keeps_those_behind_from_following()
    {
        var (here, there) = (_here.CreateSemaphore(Key, 3), _there.CreateSemaphore(Key, 3));
        var one = await there.AcquireAsync();
        var heavy = here.AcquireAsync(3).AsTask();
        var light = here.AcquireAsync().AsTask();
        await QuietAsync();
        Assert.That((heavy.IsCompleted, light.IsCompleted), Is.EqualTo((false, false)));
        await ReleaseAsync(one);
        await ReleaseAsync(await heavy.Soon());
        await ReleaseAsync(await light.Soon());
    }

    [Test]
    public async Task Leases_that_serve_who_follows_keep_nobody_waiting()
    {
        var provider = new LeasedLockProvider(Store, Options with { TimeProvider = Time, ClockDrift = 0, Linger = TimeSpan.FromMinutes(1), LocalTurn = TimeSpan.FromMinutes(1) });
        await provider.GetReadyToWaitAsync();
        await using var scope = ScopeOf(provider);
        var semaphore = scope.CreateSemaphore(Key, 3);
        var light = new[] { await semaphore.AcquireAsync(), await semaphore.AcquireAsync(), await semaphore.AcquireAsync() };
        var (heavy, behind) = (semaphore.AcquireAsync(2).AsTask(), semaphore.AcquireAsync(1).AsTask());
        await Waiting.Until(() => provider.IsQuiet, "both wait");
        var (answer, reads) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), Store.Reads);
        Store.AnswersWaitFor = answer.Task;
        var released = Task.WhenAll(light.Select(guard => guard.DisposeAsync().AsTask()));
        Store.AnswersWaitFor = null;
        answer.SetResult();
        await Task.WhenAll(released, heavy, behind).Soon();
        Assert.That(Store.Reads - reads, Is.LessThan(10));
        await heavy.Result.DisposeAsync();
        await behind.Result.DisposeAsync();
        await OverAsync(provider.DisposeAsync().AsTask());
    }

    [Test]
    public async Task A_lock_whose_wait_was_given_up_is_in_no_semaphores_way()
    {
        var held = await LockOf(There).AcquireAsync();
        var waiting = await QueueAsync(Here);
        using var cancel = new CancellationTokenSource();
        var given = LockOf(Here).AcquireAsync(cancel.Token).AsTask();
        await QuietAsync();
        await ReleaseAsync(held);
        var guard = await waiting.Soon();
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => given.Soon(), Throws.InstanceOf<OperationCanceledException>());
        // Not yet gone from the store.
        var released = guard.DisposeAsync();
        await using var permit = await _here.CreateSemaphore(Key, 2).AcquireAsync().Soon();
        await released;
        Assert.That(Store.RecordOf(Key).Permits, Is.EqualTo(2));
        await ReleaseAsync(permit);
    }

    [Test]
    public async Task A_permit_whose_reply_was_lost_is_found_or_given_back()
    {
        var semaphore = _here.CreateSemaphore(Key, 2);
        var arrive = Store.Detain();
        var waiting = semaphore.AcquireAsync(2).AsTask();
        await PassAsync(TimeSpan.FromMilliseconds(5));
        var late = await arrive();
        await PassAsync(TimeSpan.FromSeconds(1));
        await using var guard = await waiting.Soon();
        Assert.That(late.IsFree, Is.False);
        Assert.That(Store.RecordOf(Key).Holders.Length, Is.EqualTo(1));
        await ReleaseAsync(guard);
        await PassAsync(Options.StoreTimeout * 2);
        Assert.That(Store.RecordOf(Key).IsFree);
    }

    private Scope ScopeOf(ILockProvider provider) => Scope.Create(new ScopeOptions { LockProvider = provider, TimeProvider = Time });

    private async Task<Task<SemaphoreGuard>> QueueAsync(AsyncSemaphore semaphore, int weight)
    {
        var waiting = semaphore.AcquireAsync(weight).AsTask();
        await QuietAsync();
        Assert.That(waiting.IsCompleted, Is.False, "it does not have to wait");
        return waiting;
    }

    private async Task ReleaseAsync(SemaphoreGuard guard)
    {
        await guard.DisposeAsync();
        await QuietAsync();
    }
}
