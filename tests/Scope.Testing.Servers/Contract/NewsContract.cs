namespace GoGoScope.Testing;

/// <summary>News of a grant is a hint: it may be lost, and so may the connection that it comes by.</summary>
public abstract class NewsContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    [Test]
    public async Task With_all_news_lost_who_waits_goes_on_all_the_same()
    {
        var holder = await OpenAsync();
        var options = new LeaseOptions { SafetyPoll = TimeSpan.FromMilliseconds(200) };
        var deaf = new List<LeasedLockProvider>();
        for (var i = 0; i < 2; i++) deaf.Add(Keep(new LeasedLockProvider(new FaultyLockStore(await OpenStoreAsync(), new AllNewsLost()), options)));
        for (var round = 0; round < 3; round++)
        {
            var held = await NewLock(holder).AcquireAsync().Soon();
            var first = await QueueAsync(NewLock(deaf[0]).AcquireAsync().AsTask(), place: 1);
            var second = await QueueAsync(NewLock(deaf[1]).AcquireAsync().AsTask(), place: 2);
            await held.DisposeAsync();
            await (await first.Soon()).DisposeAsync();
            await (await second.Soon()).DisposeAsync();
        }
    }

    [Test]
    public async Task Who_was_granted_the_lock_while_its_connections_were_cut_hears_of_it_when_they_are_made_again()
    {
        var proxy = OpenProxy();
        // So that it can't be a look of its own that finds it.
        var options = EndsSoon with { SafetyPoll = Ample, DefaultTimeToLive = Ample };
        var (holder, waiter) = (await OpenAsync(options), await OpenAsync(proxy, options));
        var held = await NewLock(holder).AcquireAsync().Soon();
        var waiting = await QueueAsync(NewLock(waiter).AcquireAsync().AsTask(), place: 1);
        proxy.RefusesConnections = true;
        proxy.CutAll();
        await held.DisposeAsync();
        await Probe.UntilAsync(Key, record => record.Holders.Count == 1 && record.Waiters.Count == 0, "it is granted the lock");
        proxy.RefusesConnections = false;
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task All_connections_are_ended_and_who_waits_is_woken_all_the_same()
    {
        var options = EndsSoon with { SafetyPoll = Ample, DefaultTimeToLive = Ample };
        var (connection, killConnectionsAsync) = OpenWay();
        var (holder, waiter) = (await OpenAsync(options, connection), await OpenAsync(options, connection));
        var held = await NewLock(holder).AcquireAsync().Soon();
        var waiting = await QueueAsync(NewLock(waiter).AcquireAsync().AsTask(), place: 1);
        await killConnectionsAsync();
        await held.DisposeAsync().Soon();
        await (await waiting.Soon()).DisposeAsync();
    }

    private sealed class AllNewsLost : IStoreFaults
    {
        public CallFault OnCall(in StoreCall request) => default;

        public NewsFault OnNews(string key) => new() { IsLost = true };
    }
}
