namespace GoGoScope.Testing;

/// <summary>Several locks at once, wanted by several processes in different orders.</summary>
public abstract class ProcessSeveralLocksContract<THarness> : ProcessContract<THarness> where THarness : ProcessHarness, new()
{
    [Test]
    public async Task Opposite_orders_do_not_deadlock()
    {
        const int Times = 20;
        var keys = Enumerable.Range(0, 3).Select(i => $"{Key}:{i}").ToArray();
        var workers = await StartWorkersAsync(3);
        await Task.WhenAll(
            workers[0].TransferAsync(Times, keys),
            workers[1].TransferAsync(Times, keys.Reverse()),
            workers[2].TransferAsync(Times, keys[1], keys[2], keys[0])).Soon();
    }

    [Test]
    public async Task Who_fails_to_get_one_keeps_none()
    {
        var keys = Enumerable.Range(0, 3).Select(i => $"{Key}:{i}").ToArray();
        var provider = await OpenAsync();
        var worker = await StartWorkerAsync();
        await worker.AcquireAsync("middle", keys[1]).Soon();
        Assert.That(await Lock.TryAcquireAllAsync(keys.Select(key => NewLock(provider, key: key))).Soon(), Is.Null);
        Assert.That((await Probe.LookAsync(keys[0])).Holders, Is.Empty);
        await worker.ReleaseAsync("middle");
        var tokens = await worker.AcquireAllAsync("all", keys).Soon();
        for (var i = 0; i < keys.Length; i++) Assert.That((await Probe.LookAsync(keys[i])).Holders.Single().Token, Is.EqualTo(tokens[i]));
        await worker.ReleaseAllAsync("all");
        for (var i = 0; i < keys.Length; i++) Assert.That((await Probe.LookAsync(keys[i])).Holders, Is.Empty);
    }
}
