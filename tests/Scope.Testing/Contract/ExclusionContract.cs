namespace GoGoScope.Testing;

/// <summary>One at a time, and everybody in the end.</summary>
public abstract class ExclusionContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task A_free_lock_is_granted_and_a_taken_one_is_not()
    {
        var first = NewLock();
        var second = NewLock();
        await using (var guard = await first.AcquireAsync().Soon())
        {
            Assert.That(guard.IsHeld);
            Assert.That(await second.TryAcquireAsync().Soon(), Is.Null, "the same key through another lock");
            Assert.That(await first.TryAcquireAsync().Soon(), Is.Null, "the same lock again: there is no re-entry");
            Assert.That(Holders(), Has.Count.EqualTo(1));
        }
        await using var next = await second.TryAcquireAsync().Soon();
        Assert.That(next, Is.Not.Null);
    }

    [Test]
    public async Task A_guard_says_what_it_holds([Values] RequestForm form)
    {
        var guard = await form.Start(NewLock(options: new LockOptions { Owner = "worker-7" }), new AcquireOptions()).Soon();
        Assert.That(guard, Is.Not.Null);
        await using var held = guard!.Value;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(held.Key, Is.EqualTo(Key));
            Assert.That(held.Owner, Is.EqualTo("worker-7"));
            Assert.That(held.Mode, Is.EqualTo(form.Mode()));
            Assert.That(held.IsHeld);
            Assert.That(held.LostToken.IsCancellationRequested, Is.False);
            Assert.That(held.ThrowIfLost, Throws.Nothing);
        }
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(100)]
    public async Task Every_exclusive_waiter_gets_through(int waiters)
    {
        var holder = await NewLock().AcquireAsync().Soon();
        var waiting = new List<Task>();
        for (var i = 0; i < waiters; i++)
        {
            var turn = await Queue(NewLock());
            waiting.Add(Task.Run(async () => await (await turn).DisposeAsync()));
        }
        await holder.DisposeAsync();
        await Task.WhenAll(waiting).Soon();
    }

    [Test]
    public async Task A_hundred_and_more_contenders_never_meet()
    {
        const int Contenders = 128;
        var rounds = Harness.RoundsPerContender;
        var counter = 0;
        var inside = 0;
        var met = 0;
        await Task.WhenAll(Enumerable.Range(0, Contenders).Select(_ => Task.Run(async () =>
        {
            var contender = NewLock();
            for (var round = 0; round < rounds; round++)
            {
                await using var guard = await contender.AcquireAsync();
                if (Interlocked.Increment(ref inside) != 1) Interlocked.Increment(ref met);
                var seen = counter;
                if ((round & 3) == 0) await Task.Yield();
                counter = seen + 1;
                Interlocked.Decrement(ref inside);
            }
        }))).Soon();
        Assert.That(met, Is.Zero, "how often two were inside");
        Assert.That(counter, Is.EqualTo(Contenders * rounds), "a lower number is a lost update");
    }

    [Test]
    public async Task Contenders_of_two_processes_never_meet()
    {
        Needs(LockCapability.SeveralProcesses);
        var other = Harness.AnotherProcess;
        var counter = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            var contender = NewLock(provider: i % 2 == 0 ? Harness.Provider : other);
            for (var round = 0; round < Harness.RoundsPerContender; round++)
            {
                await using var guard = await contender.AcquireAsync();
                var seen = counter;
                await Task.Yield();
                counter = seen + 1;
            }
        }))).Soon();
        Assert.That(counter, Is.EqualTo(32 * Harness.RoundsPerContender));
    }

    [Test]
    public async Task A_waiter_never_runs_under_the_stack_of_who_releases()
    {
        var holder = await NewLock().AcquireAsync().Soon();
        var threadOfRelease = 0;
        var inline = false;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiter = await Queue(NewLock());
        _ = waiter.ContinueWith(
            _ =>
            {
                inline = Environment.CurrentManagedThreadId == Volatile.Read(ref threadOfRelease);
                done.SetResult();
            },
            TaskContinuationOptions.ExecuteSynchronously);
        var thread = new Thread(() =>
        {
            Volatile.Write(ref threadOfRelease, Environment.CurrentManagedThreadId);
            holder.DisposeAsync().AsTask().GetAwaiter().GetResult();
        });
        thread.Start();
        await done.Task.Soon();
        thread.Join();
        await (await waiter).DisposeAsync();
        Assert.That(inline, Is.False);
    }

    [Test]
    public async Task Sync_and_async_delegates_run_exclusively_and_give_their_result()
    {
        var @lock = NewLock();
        var counter = 0;
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => i % 2 == 0
            ? Task.Run(() => @lock.InvokeExclusiveAsync(() => ++counter))
            : Task.Run(() => @lock.RunExclusiveAsync(async _ =>
            {
                var seen = counter;
                await Task.Yield();
                return counter = seen + 1;
            })))).Soon();
        Assert.That(results, Is.EquivalentTo(Enumerable.Range(1, 64)));
    }

    [Test]
    public async Task A_failing_delegate_releases_the_lock()
    {
        var @lock = NewLock();
        await Assert.ThatAsync(async () => await @lock.RunExclusiveAsync(_ => Task.FromException(new InvalidDataException("mine"))), Throws.TypeOf<InvalidDataException>());
        await Assert.ThatAsync(async () => await @lock.InvokeExclusiveAsync(() => throw new InvalidDataException("mine")), Throws.TypeOf<InvalidDataException>());
        await using var guard = await @lock.TryAcquireAsync().Soon();
        Assert.That(guard, Is.Not.Null);
    }
}
