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
    public async Task A_reader_waits_behind_a_writer_of_another_process_that_came_before_it()
    {
        var workers = await StartWorkersAsync(3);
        await workers[0].AcquireAsync("it", Key, Read).Soon();
        var writer = await QueueAsync(workers[1].AcquireAsync("it", Key), place: 1);
        await RefusedAsync(workers[2], Once with { Mode = LockMode.Read });
        var reader = await QueueAsync(workers[2].AcquireAsync("it", Key, Read), place: 2);
        await workers[0].ReleaseAsync("it");
        var written = await writer.Soon();
        var record = await Probe.LookAsync(Key);
        Assert.That((record.Holders.Single().Mode, record.Waiters.Single().Mode), Is.EqualTo((LockMode.Exclusive, LockMode.Read)));
        await workers[1].ReleaseAsync("it");
        Assert.That(await reader.Soon(), Is.GreaterThan(written));
    }

    [Test]
    public async Task A_reader_behind_a_writer_that_timed_out_goes_on_at_once()
    {
        var (workers, wait) = (await StartReadingAsync(), Brief);
        while (true)
        {
            var writer = workers[1].AcquireAsync("it", Key, new WorkerRequest { Timeout = wait });
            var before = await StandsAsync(writer, 1) ? workers[2].AcquireAsync("it", Key, Read) : null;
            var isBehind = before is not null && await StandsAsync(writer, 2);
            await Assert.ThatAsync(() => writer.Soon(), Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(LockTimeoutException)));
            if (before is not null) await before.Soon();
            if (isBehind) break;
            // The machine was too busy for that, and the writer gone before the reader stood behind it.
            if (before is not null) await workers[2].ReleaseAsync("it");
            wait *= 2;
        }
        Assert.That(await workers[0].IsHeldAsync("it"));

        async Task<bool> StandsAsync(Task waiting, int place)
        {
            ProbedRecord? record = null;
            await Waiting.Until(async () => waiting.IsCompleted || (record = await Probe.LookAsync(Key)).Waiters.Count == place, $"{place} wait in the record");
            return record?.Waiters.Count == place;
        }
    }

    [Test]
    public async Task A_reader_behind_a_writer_that_was_cancelled_goes_on_at_once()
    {
        var workers = await StartReadingAsync();
        var writer = await QueueAsync(workers[1].AcquireAsync("it", Key), place: 1);
        var reader = await QueueAsync(workers[2].AcquireAsync("it", Key, Read), place: 2);
        await workers[1].CancelAsync("it");
        await Assert.ThatAsync(() => writer.Soon(), Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(OperationCanceledException)));
        await reader.Soon();
        Assert.That(await workers[0].IsHeldAsync("it"));
    }

    /// <summary>Three, the first of which reads. What the last one waits for it hears of, where the store has news: it does not look before the test has failed.</summary>
    private async Task<WorkerProcess[]> StartReadingAsync()
    {
        WorkerProcess[] workers = [.. await StartWorkersAsync(2), await StartWorkerAsync(settings => settings with { SafetyPoll = TimeSpan.FromHours(1) })];
        await workers[0].AcquireAsync("it", Key, Read with { TimeToLive = Ample }).Soon();
        // Connects, so that a wait is nothing but that.
        foreach (var worker in workers[1..]) await worker.AcquireAsync("other", $"{Key}:{worker.Id}").Soon();
        return workers;
    }

    private async Task RefusedAsync(WorkerProcess worker, WorkerRequest request) =>
        await Assert.ThatAsync(
            () => worker.AcquireAsync("refused", Key, request).Soon(),
            Throws.TypeOf<WorkerException>().With.Property(nameof(WorkerException.Type)).EqualTo(nameof(LockTimeoutException)));
}
