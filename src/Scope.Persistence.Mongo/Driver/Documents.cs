using MongoDB.Bson;

namespace GoGoScope.Persistence.Mongo;

/// <summary>Between plain values and the driver's documents.</summary>
internal static class Documents
{
    internal static BsonDocument From(Dictionary<string, object> values) => (BsonDocument)BsonTypeMapper.MapToBsonValue(values);

    /// <exception cref="FormatException">It is not a lock's document.</exception>
    internal static StoredDocument Parse(BsonDocument document)
    {
        try
        {
            return new StoredDocument
            {
                Version = document[Fields.Version].ToInt64(),
                Fence = document[Fields.Fence].ToInt64(),
                Body = document[Fields.Body].AsString,
                At = Time(document[Fields.At]),
                From = document.TryGetValue(Fields.From, out var from) ? Time(from) : 0,
                Until = document.TryGetValue(Fields.Until, out var until) ? Time(until) : null,
                Drew = document.TryGetValue(Fields.Drew, out var drew) ? drew.ToInt32() : 0,
                Was = document.TryGetValue(Fields.Was, out var was) ? was.ToInt64() : null,
            };
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidCastException)
        {
            throw new FormatException($"{document.GetValue(Fields.Id, BsonNull.Value)} is not a lock's document: do other programs use the same collection?", e);
        }
    }

    /// <summary>A date, in microseconds.</summary>
    internal static long Time(BsonValue date) => date.AsBsonDateTime.MillisecondsSinceEpoch * 1_000;
}
