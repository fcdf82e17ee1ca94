using Npgsql;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// Of a server whose commits wait for a standby (<c>synchronous_standby_names</c>), which is away: whoever has PostgreSQL cancel such a wait
/// lets all others see a change that the standby does not know.
/// </summary>
[TestFixture]
public sealed class GivingUpTests
{
    private const string Name = "gives up";

    private LocalServer _server = null!;
    private NpgsqlDataSource _direct = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await TestServer.Postgres.StartOwnAsync("-c", "synchronous_standby_names=nobody");
        _direct = NpgsqlDataSource.Create($"{_server.Connection};Options=-c synchronous_commit=local");
        await new PostgresLockStore(_direct).EnsureSchemaAsync();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_direct is not null) await _direct.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Test]
    public async Task Whoever_gives_up_a_swap_is_let_go_and_its_commit_goes_on_waiting_for_the_standby([Values] bool several)
    {
        var swap = new LockSwap { Key = $"several {several}", Expected = 0, Version = 1, Body = "taken", Draw = 1, NotAfter = long.MaxValue, KeepUntil = 4_102_444_800_000_000 };
        await using var store = new PostgresLockStore($"{_server.Connection};Application Name={Name};Command Timeout=600");
        using var cancel = new CancellationTokenSource();
        Task swapping = several ? store.SwapManyAsync([swap], cancel.Token).AsTask() : store.SwapAsync(swap, cancel.Token).AsTask();
        await Waiting.Until(async () => await WaitingAsync() == 1, "the commit waits for the standby");
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => swapping.Soon(), Throws.InstanceOf<OperationCanceledException>());
        // Of a commit that had been cut short the change would be there for all by now.
        Assert.That(await WaitingAsync(), Is.EqualTo(1));
        Assert.That((await new PostgresLockStore(_direct).ReadAsync(swap.Key, default)).Version, Is.Zero);
        await ScalarAsync($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{Name}'");
        await Waiting.Until(async () => await WaitingAsync() == 0, "it waits no more");
    }

    private async Task<long> WaitingAsync() => (long)(await ScalarAsync($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{Name}' AND wait_event = 'SyncRep'"))!;

    private async Task<object?> ScalarAsync(string text)
    {
        await using var command = _direct.CreateCommand(text);
        return await command.ExecuteScalarAsync();
    }
}
