using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoGoScope;

/// <summary>How a scope becomes JSON, by generated code: nothing is looked up at run time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(CauseConverter), typeof(ModeConverter)])]
[JsonSerializable(typeof(ScopeSnapshot))]
internal sealed partial class ScopeSnapshotJson : JsonSerializerContext
{
    /// <summary>
    /// Names and keys as they are, and not as escapes; what is written is JSON, and no part of a page. Scopes nest some thousand deep, each of them two levels.
    /// </summary>
    internal static ScopeSnapshotJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 10_000 });

    private sealed class CauseConverter() : JsonStringEnumConverter<CancellationCause>(JsonNamingPolicy.CamelCase);

    private sealed class ModeConverter() : JsonStringEnumConverter<LockMode>(JsonNamingPolicy.CamelCase);
}
