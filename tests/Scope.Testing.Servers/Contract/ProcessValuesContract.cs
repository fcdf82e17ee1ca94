namespace GoGoScope.Testing;

/// <summary>Processes share a value that expires: one of them fetches it for all.</summary>
public abstract class ProcessValuesContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    [Test]
    public async Task One_process_fetches_for_all_that_ask_at_the_same_time()
    {
        var workers = await StartWorkersAsync(3);
        var folder = Directory.CreateDirectory(NewFile());
        var asking = workers.Select(worker => worker.FetchAsync(Key, folder.FullName)).ToList();
        await Probe.UntilAsync(Key, record => (record.Holders.Count, record.Waiters.Count) == (1, 2) || asking.Exists(one => one.IsCompleted), "one fetches, the others wait for it");
        Assert.That(asking, Has.None.Property(nameof(Task.IsCompleted)).True, "nobody has it");
        foreach (var worker in workers) await worker.MayFetchAsync(Key).Soon();
        var values = await Task.WhenAll(asking).Soon();
        Assert.That(values.Distinct(), Is.EqualTo(folder.EnumerateFiles("fetch-*").Select(file => file.Name)), "all have what was fetched once");
    }
}
