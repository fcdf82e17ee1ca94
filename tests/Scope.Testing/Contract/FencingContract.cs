namespace GoGoScope.Testing;

/// <summary>Every later grant of a key has a higher token.</summary>
public abstract class FencingContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private long _last;

    [SetUp]
    public void Forget() => _last = 0;

    [Test]
    public async Task Tokens_rise_over_release_and_deletion_of_the_record()
    {
        for (var i = 0; i < 100; i++) await (await Rising(NewLock().AcquireAsync())).DisposeAsync();
    }

    [Test]
    public async Task Tokens_rise_over_every_way_to_be_granted([Values] RequestForm form)
    {
        for (var i = 0; i < 20; i++)
        {
            var direct = (await form.Start(NewLock(), new AcquireOptions()).Soon())!.Value;
            Saw(direct);
            var waiting = await Queue(NewLock());
            await direct.DisposeAsync();
            var handedOver = await waiting.Soon();
            Saw(handedOver);
            await handedOver.DisposeAsync();
        }
    }

    [Test]
    public async Task Readers_have_tokens_of_their_own()
    {
        var readers = new List<LockGuard>();
        for (var i = 0; i < 20; i++) readers.Add(await Rising(NewLock().AcquireReadAsync()));
        foreach (var reader in readers) await reader.DisposeAsync();
        await (await Rising(NewLock().AcquireAsync())).DisposeAsync();
    }

    [Test]
    public async Task Tokens_rise_over_the_end_of_a_lease()
    {
        var lost = await Rising(NewLock(options: new LockOptions { TimeToLive = Harness.Moment, AutoRenew = false }).AcquireAsync());
        var next = await Queue(NewLock(), mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        var guard = await next.Soon();
        Saw(guard);
        await guard.DisposeAsync();
        await lost.DisposeAsync();
        await (await Rising(NewLock().AcquireAsync())).DisposeAsync();
    }

    [Test]
    public async Task Tokens_rise_while_other_keys_come_and_go()
    {
        const int Others = 10;
        var rounds = Math.Min(200, Harness.KeysUsedOnce / Others);
        for (var i = 0; i < rounds; i++)
        {
            await (await Rising(NewLock().AcquireAsync())).DisposeAsync();
            for (var other = 0; other < Others; other++)
            {
                await using var guard = await NewLock($"{Key}:{i}:{other}").AcquireAsync();
            }
        }
    }

    [Test]
    public async Task Tokens_rise_across_processes()
    {
        Needs(LockCapability.SeveralProcesses);
        var other = Harness.AnotherProcess;
        for (var i = 0; i < 20; i++) await (await Rising(NewLock(provider: i % 2 == 0 ? Harness.Provider : other).AcquireAsync())).DisposeAsync();
    }

    [Test]
    public async Task Tokens_rise_under_contention()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            var @lock = NewLock();
            for (var round = 0; round < Harness.RoundsPerContender; round++)
            {
                await using var guard = await @lock.AcquireAsync();
                Saw(guard);
            }
        }))).Soon();
    }

    [Test]
    public async Task A_fenced_resource_refuses_the_stale_holder()
    {
        var resource = new FencedResource();
        var stale = await NewLock(options: new LockOptions { TimeToLive = Harness.Moment, AutoRenew = false }).AcquireAsync().Soon();
        Assert.That(resource.Write(stale.FencingToken));
        var next = await Queue(NewLock(), mayBeGranted: true);
        await Harness.PassAsync(Harness.Moment);
        await using var holder = await next.Soon();
        Assert.That(resource.Write(holder.FencingToken));
        Assert.That(resource.Write(stale.FencingToken), Is.False);
        Assert.That(resource.Write(holder.FencingToken));
        await stale.DisposeAsync();
    }

    [Test]
    public async Task The_token_is_readable_after_dispose()
    {
        var guard = await NewLock().AcquireAsync().Soon();
        var token = guard.FencingToken;
        await guard.DisposeAsync();
        await using var next = await NewLock().AcquireAsync().Soon();
        Assert.That(guard.FencingToken, Is.EqualTo(token).And.Positive);
    }

    private async Task<LockGuard> Rising(ValueTask<LockGuard> acquiring)
    {
        var guard = await acquiring.Soon();
        Saw(guard);
        return guard;
    }

    /// <summary>Called while <paramref name="guard"/> is held, so that the grants come here in their order.</summary>
    private void Saw(LockGuard guard)
    {
        if (guard.FencingToken <= _last) Assert.Fail($"token {guard.FencingToken} after {_last}");
        _last = guard.FencingToken;
    }
}
