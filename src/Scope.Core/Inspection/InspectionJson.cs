using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>How inspections become JSON, by generated code: nothing is looked up at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ModeConverter)])]
[JsonSerializable(typeof(LockInspection))]
[JsonSerializable(typeof(IEnumerable<LockInspection>))]
internal sealed partial class InspectionJson : JsonSerializerContext
{
    /// <summary>Keys and owners as they are, and not as escapes; what is written is JSON, and no part of a page.</summary>
    internal static InspectionJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private sealed class ModeConverter() : JsonStringEnumConverter<LockMode>(JsonNamingPolicy.CamelCase);
}
