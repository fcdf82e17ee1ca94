using Npgsql;
using Lock = GoGoScope.Lock;

namespace GoGoScope.Persistence.Postgres.Tests;

/// <summary>
/// A row that a transaction of somebody keeps for long takes few connections of the pool, which others need: what waits for it
/// ends when it can have no effect any more, and not when its command has to.
/// </summary>
[TestFixture]
public sealed class KeptRowTests
{
    private readonly string _name = $"kept {Guid.NewGuid():N}";
    private NpgsqlDataSource _direct = null!;
    private PostgresLockProvider _provider = null!;

    [OneTimeSetUp]
    public async Task Connect()
    {
        var connection = await TestServer.Postgres.ConnectionAsync();
        _direct = NpgsqlDataSource.Create(connection);
        _provider = new PostgresLockProvider($"{connection};Application Name={_name};Command Timeout=600", leases: new LeaseOptions { StoreTimeout = TimeSpan.FromMilliseconds(300) });
        await _provider.EnsureSchemaAsync();
    }

    [OneTimeTearDown]
    public async Task Disconnect()
    {
        if (_provider is not null) await _provider.DisposeAsync();
        if (_direct is not null) await _direct.DisposeAsync();
    }

    [Test]
    public async Task Never_more_than_two_wait_for_it_however_often_it_is_asked_for([Values] bool renews)
    {
        const int Times = 6;
        var @lock = new Lock(CancellationToken.None, new LockOptions { Key = $"kept:{Guid.NewGuid():N}", Provider = _provider, TimeToLive = TimeSpan.FromMinutes(10), AutoRenew = false });
        var guard = await Again.AcquireAsync(@lock);
        if (!renews) await guard.DisposeAsync();
        await using var somebody = await _direct.OpenConnectionAsync();
        await using var transaction = await somebody.BeginTransactionAsync();
        await using (var keep = new NpgsqlCommand("SELECT FROM gogoscope_locks WHERE encode(name, 'escape') = $1 FOR UPDATE", somebody) { Parameters = { new() { Value = $"lock:{@lock.Key}" } } })
            await keep.ExecuteNonQueryAsync();

        var asking = AskAsync();
        var counts = new List<long>();
        while (!asking.IsCompleted) counts.Add(await WaitingCountAsync());
        await asking;
        // The server may be slow to end one, and so a few looks in a row count.
        Assert.That(counts.Chunk(10).Max(some => some.Min()), Is.LessThanOrEqualTo(2));
        Assert.That(counts.Max(), Is.GreaterThan(0));
        await Waiting.Until(async () => await WaitingCountAsync() == 0, "nobody waits for it, though it is still kept");
        await transaction.RollbackAsync();

        async Task AskAsync()
        {
            for (var i = 0; i < Times; i++)
            {
                await Assert.CatchAsync<LockProviderException>(async () =>
                {
                    if (renews) await guard.RenewAsync(TimeSpan.FromMinutes(11)).Soon();
                    else await @lock.AcquireAsync().Soon();
                });
            }
        }
    }

    private async Task<long> WaitingCountAsync()
    {
        await using var look = _direct.CreateCommand("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'");
        look.Parameters.AddWithValue(_name);
        return (long)(await look.ExecuteScalarAsync())!;
    }
}
