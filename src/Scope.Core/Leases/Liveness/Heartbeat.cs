using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GoGoScope;

/// <summary>
/// What a process that waits lets others know of itself, in a record of its own: until when it counts as alive, and, for people, who
/// it is. JSON, such as <c>{"aliveUntil":"2026-01-31T12:00:00.000001Z","owner":"web-1/4711"}</c>.
/// </summary>
internal static class Heartbeat
{
    private static ReadOnlySpan<byte> AliveUntil => "aliveUntil"u8;

    private static ReadOnlySpan<byte> Owner => "owner"u8;

    internal static string Write(long until)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString(AliveUntil, StoreTime.Format(until, stackalloc byte[StoreTime.LongestText]));
            json.WriteString(Owner, LockRequest.ProcessOwner);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether it is there and says so. One that can't be read counts as alive: nobody loses a place by what is not understood.</summary>
    internal static bool IsAlive(in StoredRecord stored) => !stored.IsFree && (ReadUntil(stored.Body) is not { } until || stored.Now < until);

    private static long? ReadUntil(string body)
    {
        try
        {
            var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(body));
            while (json.Read())
            {
                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(AliveUntil))
                    return json.Read() && StoreTime.TryRead(ref json, out var until) ? until : null;
            }
        }
        catch (JsonException)
        {
            // Somebody else's.
        }
        return null;
    }
}
