using System.Data.Common;

namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A pair: two upserts of the same row, each durable when it is answered. Once: one of them.</summary>
internal sealed class MySqlUpsertFloor : IFloor
{
    private const string Create = "CREATE TABLE IF NOT EXISTS floor (id varchar(100) PRIMARY KEY, value bigint NOT NULL)";
    private const string Upsert = "INSERT INTO floor (id, value) VALUES (@id, @value) ON DUPLICATE KEY UPDATE value = @value";

    private readonly DbDataSource _dataSource;
    private long _value;

    private MySqlUpsertFloor(DbDataSource dataSource) => _dataSource = dataSource;

    internal static async Task<MySqlUpsertFloor> OpenAsync(DbDataSource dataSource)
    {
        await using var create = dataSource.CreateCommand(Create);
        await create.ExecuteNonQueryAsync();
        return new MySqlUpsertFloor(dataSource);
    }

    public async Task PairAsync()
    {
        await OnceAsync();
        await OnceAsync();
    }

    public async Task OnceAsync()
    {
        await using var connection = await _dataSource.OpenConnectionAsync();
        await using var upsert = connection.CreateCommand();
        upsert.CommandText = Upsert;
        foreach (var (name, value) in new (string, object)[] { ("id", "floor"), ("value", ++_value) })
        {
            var parameter = upsert.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            upsert.Parameters.Add(parameter);
        }
        await upsert.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
