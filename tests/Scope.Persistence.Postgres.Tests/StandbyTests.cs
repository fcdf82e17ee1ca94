using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>A primary, and a standby: what follows the primary is behind, so it is refused, and passed by where the primary is named as well.</summary>
[TestFixture(PostgresDurability.Durable)]
[TestFixture(PostgresDurability.Fast)]
public sealed class StandbyTests(PostgresDurability durability)
{
    private LocalServer _primary = null!;
    private LocalServer _standby = null!;
    private string _key = "";

    private PostgresStoreOptions Options => new() { Durability = durability, LongestTimeToLive = TimeSpan.MaxValue };

    /// <summary>As it is after a fail-over: who was the primary is named first.</summary>
    private string Both => new NpgsqlConnectionStringBuilder(_primary.Connection) { Host = $"127.0.0.1:{_standby.Port},127.0.0.1:{_primary.Port}" }.ConnectionString;

    [OneTimeSetUp]
    public async Task Start()
    {
        _primary = await TestServer.Postgres.StartOwnAsync();
        _standby = await TestServer.Postgres.StartOwnAsync();
        foreach (var server in new[] { _primary, _standby })
        {
            await using var store = new PostgresLockStore(server.Connection, Options);
            await store.EnsureSchemaAsync();
            await store.SwapAsync(Taking("taken") with { Key = "old" }, default);
        }
        await _standby.StopAsync();
        // As of now it follows a primary, which it never hears from.
        var signal = Path.Combine(_standby.Folder, "data", "standby.signal");
        await File.WriteAllTextAsync(signal, "");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(signal, (UnixFileMode)0b110_110_110);
        await _standby.StartAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_standby is not null) await _standby.DisposeAsync();
        if (_primary is not null) await _primary.DisposeAsync();
    }

    [SetUp]
    public void NameKey() => _key = $"standby:{Guid.NewGuid():N}";

    [Test]
    public async Task A_standby_is_named_as_what_it_is()
    {
        await using var store = new PostgresLockStore(_standby.Connection, Options);
        // What it knows may be old, so it isn't read either.
        foreach (var call in new Func<Task>[]
        {
            () => store.ReadAsync(_key, default).AsTask(), () => store.SwapAsync(Taking("taken"), default).AsTask(),
            async () => { await foreach (var _ in store.ListAsync("", default)) { } }, () => store.PurgeAsync(),
            () => store.WatchAsync("p", new NotedNews(), default).AsTask(),
        })
            await Assert.ThatAsync(() => call(), Throws.InvalidOperationException.With.Message.Contains("read-only").And.Message.Contains("primary"));
    }

    [TestCase("")]
    [TestCase(";Target Session Attributes=primary")]
    [TestCase(";Target Session Attributes=Read-Write")]
    public async Task Of_several_hosts_the_primary_is_found_by_itself(string attributes)
    {
        await using var store = new PostgresLockStore(Both + attributes, Options);
        var news = new NotedNews();
        await using var watching = await store.WatchAsync(_key, news, default);
        Assert.That((await store.SwapAsync(Taking("taken") with { Wake = [_key] }, default)).Body, Is.EqualTo("taken"));
        Assert.That((await store.ReadAsync(_key, default)).Body, Is.EqualTo("taken"));
        Assert.That((await news.NextAsync()).Record?.Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task A_data_source_of_several_hosts_finds_the_primary_as_the_advice_says()
    {
        await using var attributes = NpgsqlDataSource.Create($"{Both};Target Session Attributes=primary");
        await using var hosts = new NpgsqlDataSourceBuilder(Both).BuildMultiHost();
        foreach (var given in new[] { attributes, hosts.WithTargetSession(TargetSessionAttributes.Primary) })
            Assert.That((await new PostgresLockStore(given, Options).SwapAsync(Taking("taken"), default)).Body, Is.EqualTo("taken"));
    }

    [Test]
    public async Task Who_asks_for_another_host_than_the_primary_gets_it()
    {
        await using var store = new PostgresLockStore($"{Both};Target Session Attributes=standby", Options);
        await Assert.ThatAsync(() => store.SwapAsync(Taking("taken"), default).AsTask(), Throws.InvalidOperationException.With.Message.Contains("read-only"));
    }

    private LockSwap Taking(string body) =>
        new() { Key = _key, Expected = 0, Version = 1, Body = body, Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
