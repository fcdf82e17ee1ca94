using System.Data.Common;
using System.Globalization;

namespace GoGoScope.Persistence.MySql;

/// <summary>Rows that begin with clock, version, fence, body; all but the clock are null if there is no record.</summary>
internal static class RecordReading
{
    internal static StoredRecord Record(DbDataReader row)
    {
        var now = row.GetInt64(0);
        if (row.IsDBNull(1)) return new StoredRecord(Version: 0, Fence: 0, Body: "", now);
        return new StoredRecord(row.GetInt64(1), row.GetInt64(2), Text(row, 3) ?? "", now);
    }

    /// <summary>A text that comes as bytes.</summary>
    internal static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : StoredText.Decode((byte[])row.GetValue(column));

    /// <summary>A row of <see cref="Table.List"/>: after the record, whether the server is read-only, the name, its hash.</summary>
    internal static (StoredRecord Record, bool IsReadOnly, string Key, byte[] Hash) Listed(DbDataReader row) =>
        (Record(row), IsTrue(row, 4), Text(row, 5)!, (byte[])row.GetValue(6));

    // A number or a truth value, as servers and drivers see it.
    internal static bool IsTrue(DbDataReader row, int column) => Convert.ToInt64(row.GetValue(column), CultureInfo.InvariantCulture) != 0;
}
