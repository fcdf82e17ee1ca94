using Npgsql;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A pair: two upserts of the same row, each durable when it is answered. Once: one of them.</summary>
internal sealed class UpsertFloor : IFloor
{
    private const string Create = "CREATE TABLE IF NOT EXISTS floor (key text PRIMARY KEY, value bigint NOT NULL)";
    private const string Upsert = "INSERT INTO floor (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _isPrepared;
    private long _value;

    private UpsertFloor(NpgsqlDataSource dataSource, bool isPrepared) => (_dataSource, _isPrepared) = (dataSource, isPrepared);

    internal static async Task<UpsertFloor> OpenAsync(NpgsqlDataSource dataSource, bool isPrepared)
    {
        await using var create = dataSource.CreateCommand(Create);
        await create.ExecuteNonQueryAsync();
        return new UpsertFloor(dataSource, isPrepared);
    }

    public async Task PairAsync()
    {
        await OnceAsync();
        await OnceAsync();
    }

    public async Task OnceAsync()
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var upsert = new NpgsqlCommand(Upsert, connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = "floor" }, new NpgsqlParameter<long> { TypedValue = ++_value } },
        };
        if (_isPrepared) await upsert.PrepareAsync();
        await upsert.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
