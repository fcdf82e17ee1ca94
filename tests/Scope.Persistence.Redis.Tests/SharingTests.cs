using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis.Tests;

/// <summary>What a provider takes from the application, shares with others, and gives back: connections and subscriptions.</summary>
[TestFixture]
public sealed class SharingTests
{
    private LocalServer _server = null!;
    private ConnectionMultiplexer _direct = null!;
    private string _key = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Redis.StartOwnAsync();
        _direct = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_direct is not null) await _direct.CloseAsync();
        _direct?.Dispose();
        if (_server is not null) await _server.DisposeAsync();
    }

    [SetUp]
    public void NewKey() => _key = $"sharing:{Guid.NewGuid():N}";

    [Test]
    public async Task What_a_provider_was_given_is_left_open_and_no_longer_subscribed()
    {
        using var given = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
        var provider = new RedisLockProvider(given);
        await WaitAndGetAsync(provider);
        Assert.That(await ChannelsAsync(), Is.EqualTo(1));
        await provider.DisposeAsync();
        Assert.That(given.IsConnected);
        await given.GetDatabase().PingAsync();
        await Waiting.Until(async () => await ChannelsAsync() == 0, "it has unsubscribed");
        await given.CloseAsync();
    }

    [Test]
    public async Task What_a_provider_has_made_it_closes()
    {
        var before = await ClientsAsync();
        var provider = await RedisLockProvider.ConnectAsync(_server.Connection);
        await WaitAndGetAsync(provider);
        Assert.That(await ClientsAsync(), Is.GreaterThan(before));
        await provider.DisposeAsync();
        await Waiting.Until(async () => await ClientsAsync() <= before, "all of its connections are closed");
    }

    [Test]
    public async Task Who_connects_can_give_up()
    {
        await _server.PauseAsync();
        try
        {
            using var cancel = new CancellationTokenSource();
            var connecting = RedisLockProvider.ConnectAsync($"{_server.Connection},connectTimeout=60000", cancellationToken: cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThatAsync(() => connecting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        }
        finally
        {
            await _server.ResumeAsync();
        }
        await Assert.ThatAsync(() => RedisLockStore.ConnectAsync(_server.Connection, cancellationToken: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_connection_that_comes_about_when_nobody_waits_for_it_any_more_is_closed()
    {
        var late = new TaskCompletionSource<ConnectionMultiplexer>();
        using var cancel = new CancellationTokenSource();
        var connecting = late.Task.OrClosedAsync(cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => connecting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        using var connection = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
        late.SetResult(connection);
        await Waiting.Until(() => !connection.IsConnected, "it is closed");
    }

    [Test]
    public async Task Two_providers_may_share_a_connection_and_one_may_end()
    {
        using var shared = await ConnectionMultiplexer.ConnectAsync(_server.Connection);
        var one = new RedisLockProvider(shared);
        await using var another = new RedisLockProvider(shared);
        await WaitAndGetAsync(one, another);
        await one.DisposeAsync();
        await WaitAndGetAsync(another);
    }

    /// <summary>Somebody else holds it, and <paramref name="waiter"/> waits until it is released.</summary>
    private async Task WaitAndGetAsync(RedisLockProvider waiter)
    {
        await using var holder = new RedisLockProvider(_direct);
        await WaitAndGetAsync(holder, waiter);
    }

    /// <summary>One holds it, the other one waits until it is released.</summary>
    private async Task WaitAndGetAsync(RedisLockProvider holder, RedisLockProvider waiter)
    {
        await using var one = Scope.Create(new ScopeOptions { LockProvider = holder });
        await using var another = Scope.Create(new ScopeOptions { LockProvider = waiter });
        var held = await one.AcquireLockAsync(_key);
        var waiting = another.AcquireLockAsync(_key).AsTask();
        await Waiting.Until(() => waiter.Snapshot().Any(known => known.Key == _key && known.Waiters.Count == 1), "it waits");
        await held.DisposeAsync();
        await using var got = await waiting.Soon();
    }

    private async Task<int> ClientsAsync() => ((string)(await _direct.GetDatabase().ExecuteAsync("CLIENT", "LIST"))!).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private async Task<int> ChannelsAsync() => ((RedisResult[])(await _direct.GetDatabase().ExecuteAsync("PUBSUB", "CHANNELS", "gogoscope:*"))!).Length;
}
