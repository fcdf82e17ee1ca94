namespace GoGoScope.Testing;

/// <summary>Who waits in several processes is granted the lock in one order: by priority, then by arrival, and nobody starves.</summary>
public abstract class ProcessOrderContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    [Test]
    public async Task Equals_are_granted_in_the_order_in_which_they_came() =>
        Assert.That(await OrderAsync(0, 0, 0, 0), Is.EqualTo(new[] { 0, 1, 2, 3 }));

    [Test]
    public async Task Higher_priorities_are_granted_first() =>
        Assert.That(await OrderAsync(-1, 0, 5, 0), Is.EqualTo(new[] { 2, 1, 3, 0 }));

    [Test]
    public async Task A_low_priority_is_passed_over_a_bounded_number_of_times()
    {
        var low = await StartWorkerAsync();
        LeasedLockProvider[] urgent = [await OpenAsync(), await OpenAsync()];
        var held = await NewLock(urgent[0]).AcquireAsync().Soon();
        var waiting = await QueueAsync(low.AcquireAsync("it", Key, new WorkerRequest { Priority = -1 }), place: 1);
        var passedOver = 0;
        while (true)
        {
            var next = NewLock(urgent[(passedOver + 1) % 2]).AcquireAsync(new AcquireOptions { Priority = 10 }).AsTask();
            await Probe.UntilWaitersAsync(Key, 2);
            await held.DisposeAsync();
            if (await Task.WhenAny(next, waiting).Soon() == waiting)
            {
                await low.ReleaseAsync("it");
                await (await next.Soon()).DisposeAsync();
                break;
            }
            held = await next;
            passedOver++;
        }
        Assert.That(passedOver, Is.GreaterThan(0).And.LessThanOrEqualTo(Lock.MaxPassedOver));
    }

    [Test]
    public async Task A_dead_waiter_is_skipped_when_its_process_is_no_longer_heard_of()
    {
        var liveness = TimeSpan.FromSeconds(1);
        var (holder, second) = (await OpenAsync(new LeaseOptions { Liveness = liveness }), await OpenAsync());
        var first = Keep(await WorkerProcess.StartAsync(new WorkerSettings { Store = Harness.Store, Connection = Connection, Liveness = liveness }));
        var held = await NewLock(holder).AcquireAsync().Soon();
        _ = first.AcquireAsync("it", Key, new WorkerRequest { TimeToLive = Ample });
        await Probe.UntilWaitersAsync(Key, 1);
        var waiting = await QueueAsync(NewLock(second).AcquireAsync().AsTask(), place: 2);
        await first.KillAsync();
        // The last it has said of itself may still be on its way, and does not count for longer than this either.
        await Probe.UntilTimeAsync(await Probe.NowAsync() + (long)liveness.TotalMicroseconds);
        await held.DisposeAsync();
        // Had the dead one been granted the lock, it would have it for longer than anybody waits here.
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_queue_that_is_full_refuses()
    {
        var options = new LeaseOptions { MaxWaiters = 2 };
        var (holder, late) = (await OpenAsync(options), await OpenAsync(options));
        var workers = await StartWorkersAsync(2);
        var held = await NewLock(holder).AcquireAsync().Soon();
        var waiting = new List<Task<long>>();
        foreach (var worker in workers) waiting.Add(await QueueAsync(worker.AcquireAsync("it", Key), waiting.Count + 1));
        await Assert.ThatAsync(
            () => NewLock(late).AcquireAsync().Soon(),
            Throws.TypeOf<LockProviderException>().With.Message.Contains(Key).And.Message.Contains("2"));
        await held.DisposeAsync();
        for (var i = 0; i < workers.Length; i++)
        {
            await waiting[i].Soon();
            await workers[i].ReleaseAsync("it");
        }
    }

    /// <summary>Lets one process after the other wait, with these priorities, and gives the order in which they were granted the lock.</summary>
    private async Task<int[]> OrderAsync(params int[] priorities)
    {
        var holder = await OpenAsync();
        var workers = await StartWorkersAsync(priorities.Length);
        var held = await NewLock(holder).AcquireAsync().Soon();
        var takes = new List<Task<long>>();
        foreach (var priority in priorities)
        {
            takes.Add(TakeAsync(workers[takes.Count], priority));
            await Probe.UntilWaitersAsync(Key, takes.Count);
        }
        await held.DisposeAsync();
        // Tokens tell the order of the grants.
        var tokens = await Task.WhenAll(takes).Soon();
        return [.. Enumerable.Range(0, tokens.Length).OrderBy(i => tokens[i])];
    }

    private async Task<long> TakeAsync(WorkerProcess worker, int priority)
    {
        var token = await worker.AcquireAsync("it", Key, new WorkerRequest { Priority = priority });
        await worker.ReleaseAsync("it");
        return token;
    }
}
