using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GoGoScope;

/// <summary>
/// The text of a record, made to be read by people in the store. What is as usual is left out: a last token that is the first
/// one, no priority, never passed over, one token to draw, one permit.
/// </summary>
/// <example><code>
/// {"holders":[{"id":"web-1.17","owner":"orders","mode":"exclusive","token":1790000000000001,"since":"2026-09-21T14:12:50.000000Z","expires":"2026-09-21T14:13:20.000000Z"}],
///  "waiters":[{"id":"web-2.5","owner":"billing","mode":"read","since":"2026-09-21T14:12:51.000000Z","priority":1,"passedOver":3,"ttlSeconds":30}]}
///
/// {"permits":4,"holders":[{"id":"web-1.18","owner":"orders","mode":"permits","weight":2,"token":1790000000000002,"since":"2026-09-21T14:12:50.000000Z","expires":"2026-09-21T14:13:20.000000Z"}]}
/// </code></example>
internal static class RecordWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A writer and its buffer cost more than the text, so each thread keeps one pair.
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    internal static string Write(LockRecord record)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(512);
        var writer = _writer ??= new Utf8JsonWriter(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset();

        writer.WriteStartObject();
        if (record.Permits > 0) writer.WriteNumber(RecordNames.Permits, record.Permits);
        if (record.Holders.Length > 0)
        {
            writer.WriteStartArray(RecordNames.Holders);
            foreach (ref readonly var holder in record.Holders) Write(writer, in holder);
            writer.WriteEndArray();
        }
        if (record.Waiters.Length > 0)
        {
            writer.WriteStartArray(RecordNames.Waiters);
            foreach (ref readonly var waiter in record.Waiters) Write(writer, in waiter);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.Flush();

        var body = Encoding.UTF8.GetString(buffer.WrittenSpan);
        if (buffer.Capacity > LargestKept) (_writer, _buffer) = (null, null);
        return body;
    }

    private static void Write(Utf8JsonWriter writer, in RecordHolder holder)
    {
        Span<byte> time = stackalloc byte[StoreTime.LongestText];
        writer.WriteStartObject();
        WriteWho(writer, holder.Id, holder.Owner, holder.Mode, holder.Weight);
        writer.WriteNumber(RecordNames.Token, holder.Token);
        if (holder.LastToken != holder.Token) writer.WriteNumber(RecordNames.LastToken, holder.LastToken);
        WriteSince(writer, holder.Since);
        writer.WriteString(RecordNames.Expires, StoreTime.Format(holder.ExpiresAt, time));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, in RecordWaiter waiter)
    {
        var contender = waiter.Contender;
        writer.WriteStartObject();
        WriteWho(writer, contender.Id, contender.Owner, contender.Mode, contender.Weight);
        WriteSince(writer, waiter.Since);
        if (contender.Priority != 0) writer.WriteNumber(RecordNames.Priority, contender.Priority);
        if (waiter.PassedOver != 0) writer.WriteNumber(RecordNames.PassedOver, waiter.PassedOver);
        writer.WriteNumber(RecordNames.TimeToLive, contender.TimeToLive / 1_000_000m);
        if (contender.Tokens != 1) writer.WriteNumber(RecordNames.Tokens, contender.Tokens);
        writer.WriteEndObject();
    }

    private static void WriteSince(Utf8JsonWriter writer, long since)
    {
        Span<byte> time = stackalloc byte[StoreTime.LongestText];
        if (since > 0) writer.WriteString(RecordNames.Since, StoreTime.Format(since, time));
    }

    private static void WriteWho(Utf8JsonWriter writer, ContenderId id, string owner, LockMode mode, int weight)
    {
        Span<byte> text = stackalloc byte[ContenderId.LongestText];
        writer.WriteString(RecordNames.Id, text[..id.Format(text)]);
        writer.WriteString(RecordNames.Owner, owner);
        writer.WriteString(RecordNames.Mode, mode == LockMode.Exclusive ? RecordNames.Exclusive : mode == LockMode.Read ? RecordNames.Read : RecordNames.Permits);
        if (weight > 1) writer.WriteNumber(RecordNames.Weight, weight);
    }

    private const int LargestKept = 16 * 1024;
}
