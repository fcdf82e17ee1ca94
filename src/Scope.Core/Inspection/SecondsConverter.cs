using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>A length of time in JSON: a number of seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TimeSpan.FromTicks((long)(reader.GetDecimal() * TimeSpan.TicksPerSecond));

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Ticks / (decimal)TimeSpan.TicksPerSecond);
}
