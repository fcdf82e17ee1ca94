using Npgsql;
using NpgsqlTypes;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Some of the records whose names begin with a prefix, in the order of their hashes.</summary>
/// <param name="Found">The names and the records.</param>
/// <param name="Last">The last hash; null if none comes after it.</param>
internal sealed record RecordPage(List<KeyValuePair<string, StoredRecord>> Found, byte[]? Last)
{
    private const int Size = 500;

    /// <summary>Those after the hash <paramref name="after"/>.</summary>
    internal static async ValueTask<RecordPage> ReadAsync(NpgsqlConnection connection, Table table, byte[] prefix, byte[] after, Func<Exception> readOnly, CancellationToken cancellationToken)
    {
        var command = Commands.New(connection, table.List);
        command.Parameters.Add(Bytes(after));
        command.Parameters.Add(Bytes(prefix));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Size });
        await using (command.ConfigureAwait(false))
        {
            var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (row.ConfigureAwait(false))
            {
                var found = new List<KeyValuePair<string, StoredRecord>>();
                byte[]? last = null;
                while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    // A standby is behind.
                    if (row.GetBoolean(5)) throw readOnly();
                    if (row.IsDBNull(4)) break;
                    found.Add(new(StoredText.Decode(row.GetFieldValue<byte[]>(4)), RecordReading.Record(row)));
                    last = row.GetFieldValue<byte[]>(6);
                }
                return new RecordPage(found, found.Count < Size ? null : last);
            }
        }
    }

    private static NpgsqlParameter<byte[]> Bytes(byte[] value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };
}
