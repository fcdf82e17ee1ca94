using System.Data.Common;
using System.Globalization;

namespace GoGoScope.Persistence.MySql.Tests;

/// <summary>Swaps that are prepared at the server, where it lets them be, and do the same as texts in whatever session.</summary>
[TestFixture]
public sealed class PreparingTests
{
    private const string Odd =
        "SET SESSION time_zone = '-05:30', sql_mode = 'ANSI,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,SIMULTANEOUS_ASSIGNMENT,TRADITIONAL'; SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE";

    private string _connection = "";
    private DbDataSource _one = null!;
    private string _key = "";
    private int _version;

    [SetUp]
    public async Task Connect()
    {
        _connection = await TestServer.MariaDb.ConnectionAsync();
        _one = Driver.OpenOwn(Settings.With(_connection, ("Maximum Pool Size", 1)), out var prepares);
        _key = $"preparing:{Guid.NewGuid():N}";
        if (!prepares) Assert.Ignore("this driver does not prepare at the server");
        await new MySqlLockStore(_one).EnsureSchemaAsync();
    }

    [TearDown]
    public async Task Disconnect()
    {
        if (_one is not null) await _one.DisposeAsync();
    }

    [TestCase("", true)]
    [TestCase("IgnorePrepare=true", false)]
    [TestCase("Pooling=false", false)]
    public void Connections_of_its_own_are_prepared_on_by_default_unless_it_is_in_vain(string settings, bool prepares)
    {
        using var own = Driver.OpenOwn($"{_connection};{settings}", out var answer);
        Assert.That(answer, Is.EqualTo(prepares));
    }

    [Test]
    public async Task A_given_connection_is_prepared_on_once_where_that_is_wanted([Values(null, false, true)] bool? prepare)
    {
        var store = new MySqlLockStore(_one, new MySqlStoreOptions { PrepareStatements = prepare });
        var (prepared, executed) = (await CountAsync("Com_stmt_prepare"), await CountAsync("Com_stmt_execute"));
        for (var i = 0; i < 3; i++) await TakeAndReleaseAsync(store);
        Assert.That(await CountAsync("Com_stmt_prepare") - prepared, Is.EqualTo(prepare is true ? 1 : 0));
        Assert.That(await CountAsync("Com_stmt_execute") - executed, Is.EqualTo(prepare is true ? 6 : 0));
    }

    [Test]
    public async Task A_session_changes_nothing_and_is_left_as_it_was([Values] bool prepare)
    {
        var store = new MySqlLockStore(new SessionDataSource(_one, Odd), new MySqlStoreOptions { PrepareStatements = prepare });
        await TakeAndReleaseAsync(store);
        var taken = await store.SwapAsync(Swap(0, "taken α 鍵 \0 '\"\\", draw: 3), default);
        await using var usual = new MySqlLockStore(_connection);
        var (clock, late) = ((await usual.ReadAsync(_key, default)).Now, Swap(taken.Version, "late") with { NotAfter = taken.Now });
        Assert.That(taken.Now, Is.InRange(clock - 60_000_000, clock));
        Assert.That((await store.SwapAsync(late, default)).Body, Is.EqualTo(taken.Body), "too late");
        Assert.That((await store.SwapAsync(late with { NotAfter = long.MaxValue, NotBefore = clock + 3_600_000_000 }, default)).Body, Is.EqualTo(taken.Body), "too early");
        var renewed = await store.SwapAsync(Swap(taken.Version, "renewed", draw: -2), default);
        Assert.That((renewed.Body, renewed.Fence), Is.EqualTo(("renewed", taken.Fence - 2)));
        await using var session = await _one.OpenConnectionAsync();
        Assert.That(await session.ExecuteAsync("SELECT CONCAT(@@time_zone, ' ', @@sql_mode)"), Does.StartWith("-05:30 ").And.Contains("SIMULTANEOUS_ASSIGNMENT"));
    }

    [Test]
    public async Task What_the_server_refuses_to_prepare_is_sent_as_text()
    {
        await using var server = await TestServer.MariaDb.StartOwnAsync();
        await using var direct = Driver.Open(server.Connection);
        await direct.ExecuteAsync("SET GLOBAL max_prepared_stmt_count = 0");
        await using var store = new MySqlLockStore(server.Connection);
        await store.EnsureSchemaAsync();
        for (var i = 0; i < 2; i++) await TakeAndReleaseAsync(store);
        await direct.ExecuteAsync("SET GLOBAL max_prepared_stmt_count = 100");
        await TakeAndReleaseAsync(store);
        Assert.That(await direct.ExecuteAsync("SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'Com_stmt_execute'"), Is.EqualTo("0"), "it is not asked again");
    }

    private async Task TakeAndReleaseAsync(MySqlLockStore store)
    {
        var taken = await store.SwapAsync(Swap(0, "taken", draw: 1), default);
        Assert.That(taken.Body, Is.EqualTo("taken"));
        Assert.That((await store.SwapAsync(Swap(taken.Version, ""), default)).IsFree);
    }

    private async Task<long> CountAsync(string name)
    {
        await using var connection = await _one.OpenConnectionAsync();
        return Convert.ToInt64(await connection.ExecuteAsync($"SELECT variable_value FROM information_schema.session_status WHERE variable_name = '{name}'"), CultureInfo.InvariantCulture);
    }

    private LockSwap Swap(long expected, string body, int draw = 0) =>
        new() { Key = _key, Expected = expected, Version = ++_version, Body = body, Draw = draw, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
}
