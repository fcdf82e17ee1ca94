namespace GoGoScope.Testing;

/// <summary>Readers share; a writer excludes everybody; neither starves.</summary>
public abstract class ReadersWritersContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    [Test]
    public async Task Many_readers_hold_together_and_exclude_writers([Values] bool firstIsLast)
    {
        var readers = new List<LockGuard>();
        for (var i = 0; i < 20; i++) readers.Add(await NewLock().AcquireReadAsync().Soon());
        Assert.That(Holders(), Has.Count.EqualTo(20));
        Assert.That(Holders().Select(h => h.Mode), Is.All.EqualTo(LockMode.Read));
        Assert.That(await NewLock().TryAcquireWriteAsync().Soon(), Is.Null);
        Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);

        if (firstIsLast) readers.Reverse();
        foreach (var reader in readers.SkipLast(1)) await reader.DisposeAsync();
        Assert.That(await NewLock().TryAcquireWriteAsync().Soon(), Is.Null, "one reader is still there");
        await readers[^1].DisposeAsync();
        await using var writer = await NewLock().TryAcquireWriteAsync().Soon();
        Assert.That(writer, Is.Not.Null);
    }

    [TestCase(RequestForm.Acquire)]
    [TestCase(RequestForm.AcquireWrite)]
    public async Task A_writer_excludes_readers_and_writers(RequestForm form)
    {
        await using (await form.Start(NewLock(), new AcquireOptions()).Soon())
        {
            Assert.That(await NewLock().TryAcquireReadAsync().Soon(), Is.Null);
            Assert.That(await NewLock().TryAcquireWriteAsync().Soon(), Is.Null);
            Assert.That(await NewLock().TryAcquireAsync().Soon(), Is.Null);
        }
        await using var reader = await NewLock().TryAcquireReadAsync().Soon();
        Assert.That(reader, Is.Not.Null);
    }

    [Test]
    public async Task Readers_and_writers_exclude_each_other_across_processes()
    {
        Needs(LockCapability.SeveralProcesses);
        var other = Harness.AnotherProcess;
        var reader = await NewLock().AcquireReadAsync().Soon();
        var second = await NewLock(provider: other).AcquireReadAsync().Soon();
        Assert.That(await NewLock(provider: other).TryAcquireWriteAsync().Soon(), Is.Null);
        await reader.DisposeAsync();
        Assert.That(await NewLock().TryAcquireWriteAsync().Soon(), Is.Null);
        await second.DisposeAsync();
        var writer = await NewLock().AcquireWriteAsync().Soon();
        Assert.That(await NewLock(provider: other).TryAcquireReadAsync().Soon(), Is.Null);
        await writer.DisposeAsync();
    }

    [Test]
    public async Task A_waiting_writer_is_not_starved_by_readers_that_come_later()
    {
        var reader = await NewLock().AcquireReadAsync().Soon();
        var writer = await Queue(NewLock());
        Assert.That(await NewLock().TryAcquireReadAsync().Soon(), Is.Null, "a reader of equal rank waits behind the writer");
        var late = await Queue(NewLock(), LockMode.Read);
        await reader.DisposeAsync();
        var writing = await writer.Soon();
        Assert.That(late.IsCompleted, Is.False);
        await writing.DisposeAsync();
        await (await late.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_reader_of_higher_priority_joins_readers_ahead_of_a_waiting_writer()
    {
        var reader = await NewLock().AcquireReadAsync().Soon();
        var writer = await Queue(NewLock());
        var urgent = await NewLock().TryAcquireReadAsync(new AcquireOptions { Priority = 1 }).Soon();
        Assert.That(urgent, Is.Not.Null);
        await reader.DisposeAsync();
        Assert.That(Holders(), Has.Count.EqualTo(1), "the writer waits for the urgent reader");
        await urgent!.Value.DisposeAsync();
        await (await writer.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_writer_is_passed_over_by_urgent_readers_a_bounded_number_of_times()
    {
        var turn = await NewLock().AcquireReadAsync().Soon();
        var writer = await Queue(NewLock());
        for (var i = 0; i < Lock.MaxPassedOver; i++)
        {
            var next = await NewLock().TryAcquireReadAsync(new AcquireOptions { Priority = 1 }).Soon();
            Assert.That(next, Is.Not.Null, $"urgent reader {i}");
            await turn.DisposeAsync();
            turn = next!.Value;
        }
        Assert.That(await NewLock().TryAcquireReadAsync(new AcquireOptions { Priority = 1 }).Soon(), Is.Null, "the writer ranks first by now");
        await turn.DisposeAsync();
        await (await writer.Soon()).DisposeAsync();
    }

    [Test]
    public async Task All_leading_readers_wake_together_and_none_behind_the_next_writer()
    {
        var holder = await NewLock().AcquireWriteAsync().Soon();
        var leading = new List<Task<LockGuard>>();
        for (var i = 0; i < 5; i++) leading.Add(await Queue(NewLock(), LockMode.Read));
        var writer = await Queue(NewLock());
        var behind = await Queue(NewLock(), LockMode.Read);

        await holder.DisposeAsync();
        var reading = await Task.WhenAll(leading).Soon();
        Assert.That(Holders(), Has.Count.EqualTo(5));
        Assert.That(writer.IsCompleted || behind.IsCompleted, Is.False);

        foreach (var reader in reading) await reader.DisposeAsync();
        await (await writer.Soon()).DisposeAsync();
        await (await behind.Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_reader_behind_a_writer_that_was_cancelled_goes_on_at_once()
    {
        await using var reader = await NewLock().AcquireReadAsync().Soon();
        using var cancel = new CancellationTokenSource();
        var writer = await Queue(NewLock(), cancellationToken: cancel.Token);
        var behind = await Queue(NewLock(), LockMode.Read);
        await cancel.CancelAsync();
        await (await behind.Soon()).DisposeAsync();
        await Assert.ThatAsync(async () => await writer.Soon(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_reader_behind_a_writer_that_timed_out_goes_on_at_once()
    {
        await using var reader = await NewLock().AcquireReadAsync().Soon();
        var writer = await Queue(NewLock(), options: new AcquireOptions { Timeout = Harness.Moment }, mayBeGranted: true);
        var behind = await Queue(NewLock(), LockMode.Read, mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        await (await behind.Soon()).DisposeAsync();
        await Assert.ThatAsync(async () => await writer.Soon(), Throws.InstanceOf<LockTimeoutException>());
    }

    [Test]
    public async Task A_reader_behind_a_writer_whose_lock_was_disposed_goes_on_at_once()
    {
        await using var reader = await NewLock().AcquireReadAsync().Soon();
        var leaving = NewLock();
        var writer = await Queue(leaving);
        var behind = await Queue(NewLock(), LockMode.Read);
        await leaving.DisposeAsync();
        await (await behind.Soon()).DisposeAsync();
        await Assert.ThatAsync(async () => await writer.Soon(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Readers_see_no_half_written_state()
    {
        var left = 0;
        var right = 0;
        var torn = 0;
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var @lock = NewLock();
            for (var round = 0; round < Harness.RoundsPerContender; round++)
            {
                if (i % 4 == 0)
                {
                    await using var writing = await @lock.AcquireWriteAsync();
                    left++;
                    await Task.Yield();
                    right++;
                }
                else
                {
                    await using var reading = await @lock.AcquireReadAsync();
                    var seen = left;
                    if (round % 8 == 0) await Task.Yield();
                    if (seen != right) Interlocked.Increment(ref torn);
                }
            }
        }))).Soon();
        Assert.That(torn, Is.Zero);
        Assert.That(left, Is.EqualTo(10 * Harness.RoundsPerContender));
        Assert.That(right, Is.EqualTo(left));
    }
}
