using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>Rows that begin with clock, version, fence, body; all but the clock are null if there is no record.</summary>
internal static class RecordReading
{
    internal static StoredRecord Record(NpgsqlDataReader row)
    {
        var now = row.GetInt64(0);
        if (row.IsDBNull(1)) return new StoredRecord(Version: 0, Fence: 0, Body: "", now);
        return new StoredRecord(row.GetInt64(1), row.GetInt64(2), row.IsDBNull(3) ? "" : StoredText.Decode(row.GetFieldValue<byte[]>(3)), now);
    }
}
