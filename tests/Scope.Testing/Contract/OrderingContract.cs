namespace GoGoScope.Testing;

/// <summary>Who is next: higher priority first, first come first served among equals, and nobody starves.</summary>
public abstract class OrderingContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task Equals_are_served_in_the_order_they_came([Values(2, 3, 50)] int waiters)
    {
        var order = await OrderOfGrants([.. Enumerable.Repeat(0, waiters)]);
        Assert.That(order, Is.Ordered.And.Count.EqualTo(waiters));
    }

    [Test]
    public async Task Higher_priority_goes_first_and_equals_stay_in_order()
    {
        var order = await OrderOfGrants(0, 5, -1, 5, 10, 0, int.MinValue, int.MaxValue);
        Assert.That(order, Is.EqualTo([7, 4, 1, 3, 0, 5, 2, 6]));
    }

    [Test]
    public async Task Higher_priority_goes_first_across_processes()
    {
        Needs(LockCapability.SeveralProcesses);
        var other = Harness.AnotherProcess;
        var holder = await NewLock().AcquireAsync().Soon();
        var low = await Queue(NewLock());
        var high = await Queue(NewLock(provider: other), options: new AcquireOptions { Priority = 9 }, provider: other);
        await holder.DisposeAsync();
        var first = await high.Soon();
        Assert.That(low.IsCompleted, Is.False);
        await first.DisposeAsync();
        await (await low.Soon()).DisposeAsync();
    }

    [Test]
    public async Task The_snapshot_shows_waiters_in_the_order_of_their_grants()
    {
        Needs(LockCapability.ExactOrder);
        var holder = await NewLock().AcquireAsync().Soon();
        var waiting = new List<Task<LockGuard>>();
        foreach (var (owner, priority) in new[] { ("a", 0), ("b", 3), ("c", 0), ("d", 3) })
            waiting.Add(await Queue(NewLock(options: new LockOptions { Owner = owner }), options: new AcquireOptions { Priority = priority }));
        Assert.That(Waiters().Select(w => w.Owner), Is.EqualTo(["b", "d", "a", "c"]));
        Assert.That(Waiters().Select(w => w.Priority), Is.EqualTo([3, 3, 0, 0]));
        await holder.DisposeAsync();
        foreach (var turn in new[] { 1, 3, 0, 2 }) await (await waiting[turn].Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_lock_with_waiters_is_not_to_be_had_by_a_newcomer_of_equal_rank()
    {
        var holder = await NewLock().AcquireAsync().Soon();
        var waiter = await Queue(NewLock());
        await holder.DisposeAsync();
        // Handed over in the release: between the two there is no moment at which it is free.
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
        await (await waiter.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_low_priority_is_passed_over_a_bounded_number_of_times()
    {
        var turn = await NewLock().AcquireAsync().Soon();
        var low = await Queue(NewLock(), options: new AcquireOptions { Priority = -10 });
        var passed = 0;
        while (true)
        {
            var high = await Queue(NewLock(), options: new AcquireOptions { Priority = 10 });
            await turn.DisposeAsync();
            if (await Task.WhenAny(low, high).Soon() == low)
            {
                await (await low).DisposeAsync();
                await (await high.Soon()).DisposeAsync();
                break;
            }
            turn = await high;
            Assert.That(++passed, Is.LessThanOrEqualTo(Lock.MaxPassedOver), "times that the low priority was passed over");
        }
        Assert.That(passed, Is.EqualTo(Lock.MaxPassedOver), "until then, priority counts");
    }

    [Test]
    public async Task Those_passed_over_too_often_go_by_age_whatever_their_priority()
    {
        Needs(LockCapability.ExactOrder);
        var turn = await NewLock().AcquireAsync().Soon();
        var oldest = await Queue(NewLock(), options: new AcquireOptions { Priority = -10 });
        var younger = await Queue(NewLock(), options: new AcquireOptions { Priority = -5 });
        for (var i = 0; i < Lock.MaxPassedOver; i++)
        {
            var high = await Queue(NewLock(), options: new AcquireOptions { Priority = 10 });
            await turn.DisposeAsync();
            turn = await high.Soon();
        }
        var highest = await Queue(NewLock(), options: new AcquireOptions { Priority = int.MaxValue });
        foreach (var next in new[] { oldest, younger, highest })
        {
            await turn.DisposeAsync();
            turn = await next.Soon();
        }
        await turn.DisposeAsync();
    }

    /// <summary>Queues a waiter for each priority behind a holder, and gives their numbers in the order of their grants.</summary>
    private async Task<List<int>> OrderOfGrants(params int[] priorities)
    {
        var order = new List<int>();
        var holder = await NewLock().AcquireAsync().Soon();
        var waiting = new List<Task>();
        for (var i = 0; i < priorities.Length; i++)
        {
            var number = i;
            var turn = await Queue(NewLock(), options: new AcquireOptions { Priority = priorities[i] });
            waiting.Add(Task.Run(async () =>
            {
                await using var guard = await turn;
                order.Add(number);
            }));
        }
        await holder.DisposeAsync();
        await Task.WhenAll(waiting).Soon();
        return order;
    }
}
