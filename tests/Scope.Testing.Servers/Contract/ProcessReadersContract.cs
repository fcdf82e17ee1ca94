namespace GoGoScope.Testing;

/// <summary>Readers of several processes share a lock, and a writer excludes them all.</summary>
public abstract class ProcessReadersContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    private static readonly WorkerRequest Read = new() { Mode = LockMode.Read };
    private static readonly WorkerRequest Once = new() { Timeout = TimeSpan.Zero };

    [Test]
    public async Task Readers_of_all_processes_hold_together_and_a_writer_excludes_them()
    {
        var workers = await StartWorkersAsync(3);
        await Task.WhenAll(workers[..2].Select(worker => worker.AcquireAsync("it", Key, Read))).Soon();
        Assert.That((await Probe.LookAsync(Key)).Holders, Has.Count.EqualTo(2));
        await RefusedAsync(workers[2], Once);

        var writer = await QueueAsync(workers[2].AcquireAsync("it", Key), place: 1);
        await workers[0].ReleaseAsync("it");
        Assert.That(await workers[1].IsHeldAsync("it"));
        Assert.That((await Probe.LookAsync(Key)).Waiters, Has.Count.EqualTo(1));
        await workers[1].ReleaseAsync("it");
        await writer.Soon();
        await RefusedAsync(workers[0], Once);
        await RefusedAsync(workers[0], Once with { Mode = LockMode.Read });

        // All who have come to read meanwhile go on together.
        var readers = new List<Task<long>>();
        foreach (var worker in workers[..2]) readers.Add(await QueueAsync(worker.AcquireAsync("it", Key, Read), readers.Count + 1));
        await workers[2].ReleaseAsync("it");
        await Task.WhenAll(readers).Soon();
    }

    [Test]
    public async Task A_reader_that_crashed_ends_alone()
    {
        var workers = await StartWorkersAsync(2);
        await workers[0].AcquireAsync("it", Key, Read).Soon();
        var (_, crashed) = await HoldAsync(worker => worker.AcquireAsync("it", Key, Read with { TimeToLive = Brief * 3 }), worker => worker.KillAsync());
        var writer = await QueueAsync(workers[1].AcquireAsync("it", Key), place: 1);
        var after = await Probe.UntilAsync(Key, record => record.Holders.Count == 1, "the crashed reader is gone from the record");
        Assert.That(after.Now, Is.GreaterThanOrEqualTo(crashed.ExpiresAt));
        Assert.That(after.Holders.Single().Id, Is.Not.EqualTo(crashed.Id));
        Assert.That(await workers[0].IsHeldAsync("it"));
        Assert.That(writer.IsCompleted, Is.False);
        await workers[0].ReleaseAsync("it");
        await writer.Soon();
    }

    [Test]
    public async Task A_reader_behind_a_writer_that_timed_out_goes_on_at_once()
    {
        var workers = await StartWorkersAsync(3);
        await workers[0].AcquireAsync("it", Key, Read).Soon();
        await workers[1].AcquireAsync("other", Key + ":other").Soon(); // connects, so that the time-out is for waiting alone
        var writer = await QueueAsync(workers[1].AcquireAsync("it", Key, new WorkerRequest { Timeout = Brief * 4.5 }), place: 1);
        var reader = workers[2].AcquireAsync("it", Key, Read);
        await Assert.ThatAsync(() => writer.Soon(), Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(LockTimeoutException)));
        await reader.Soon();
        Assert.That(await workers[0].IsHeldAsync("it"));
    }

    private async Task RefusedAsync(WorkerProcess worker, WorkerRequest request) =>
        await Assert.ThatAsync(
            () => worker.AcquireAsync("refused", Key, request).Soon(),
            Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(LockTimeoutException)));
}
