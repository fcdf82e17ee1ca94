using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>With AllowOvertaking a running caller may go ahead of a waiter that is being woken: some times, not for ever.</summary>
public sealed class OvertakingTests
{
    private static Lock NewLock(bool keyed) => new(CancellationToken.None, new LockOptions
    {
        AllowOvertaking = true,
        Key = keyed ? "overtaken" : null,
        Provider = keyed ? new InMemoryLockProvider() : null,
    });

    [Test]
    public async Task A_waiter_is_overtaken_at_most_so_often([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var holder = await @lock.AcquireAsync();
        var waiting = @lock.AcquireAsync().AsTask();
        await holder.DisposeAsync();
        var overtook = 0;
        // Whether the waiter has reached its thread by now is up to the thread pool; the bound holds in either case.
        while (!waiting.IsCompleted && await @lock.TryAcquireAsync() is { } guard)
        {
            overtook++;
            await guard.DisposeAsync();
        }
        Assert.That(overtook, Is.LessThanOrEqualTo(Lock.MaxOvertaken));
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Exclusion_holds([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var counter = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 2_000; round++)
            {
                await using var guard = await @lock.AcquireAsync(new AcquireOptions { Priority = i % 3 });
                var seen = counter;
                if (round % 5 == 0) await Task.Yield();
                counter = seen + 1;
            }
        }))).Soon();
        Assert.That(counter, Is.EqualTo(32_000));
    }

    [Test]
    public async Task A_waiter_that_is_cancelled_while_it_is_woken_passes_its_turn_on([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        for (var round = 0; round < 2_000; round++)
        {
            using var cancel = new CancellationTokenSource();
            var holder = await @lock.AcquireAsync();
            var leaving = @lock.AcquireAsync(cancel.Token).AsTask();
            var staying = @lock.AcquireAsync().AsTask();
            var cancelling = Task.Run(cancel.Cancel);
            await holder.DisposeAsync();
            try
            {
                await (await leaving.Soon()).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
            }
            await (await staying.Soon()).DisposeAsync();
            await cancelling;
        }
    }

    [Test]
    public async Task Readers_and_writers_exclude_each_other([Values] bool keyed)
    {
        var @lock = NewLock(keyed);
        var (left, right, torn) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 1_000; round++)
            {
                if ((i + round) % 4 == 0)
                {
                    await using var writing = await @lock.AcquireWriteAsync();
                    left++;
                    if (round % 3 == 0) await Task.Yield();
                    right++;
                }
                else
                {
                    await using var reading = await @lock.AcquireReadAsync();
                    var seen = left;
                    if (round % 7 == 0) await Task.Yield();
                    if (seen != right) Interlocked.Increment(ref torn);
                }
            }
        }))).Soon();
        Assert.That(torn, Is.Zero);
        Assert.That(left, Is.EqualTo(right).And.EqualTo(4_000));
    }

    /// <summary>
    /// Readers that rank first while another waiter is on its way to its thread: reached when all of it happens within
    /// that waiter's way, which takes some tries.
    /// </summary>
    [Test, CancelAfter(60_000)]
    public async Task Leading_readers_go_together_although_a_writer_is_being_woken(CancellationToken cancellationToken)
    {
        for (var round = 0; round < 2_000; round++)
        {
            await using var @lock = new Lock(CancellationToken.None, new LockOptions { AllowOvertaking = true });
            var first = await @lock.AcquireAsync(cancellationToken);
            var writer = @lock.AcquireAsync(cancellationToken).AsTask();
            await first.DisposeAsync();
            var overtaker = await @lock.TryAcquireAsync(cancellationToken);
            if (overtaker is not { } held)
            {
                await (await writer).DisposeAsync();
                continue;
            }
            var one = @lock.AcquireReadAsync(new AcquireOptions { Priority = 5 }, cancellationToken).AsTask();
            var two = @lock.AcquireReadAsync(new AcquireOptions { Priority = 5 }, cancellationToken).AsTask();
            await held.DisposeAsync();

            var reads = await Task.WhenAll(one, two);   // neither waits for the other's release
            Assert.That(writer.IsCompleted, Is.False);
            foreach (var read in reads) await read.DisposeAsync();
            await (await writer).DisposeAsync();
        }
    }
}
