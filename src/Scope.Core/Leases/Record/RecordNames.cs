using System.Text.Json;

namespace GoGoScope;

/// <summary>The words of a record's text.</summary>
internal static class RecordNames
{
    internal static readonly JsonEncodedText Holders = JsonEncodedText.Encode("holders");
    internal static readonly JsonEncodedText Waiters = JsonEncodedText.Encode("waiters");
    internal static readonly JsonEncodedText Permits = JsonEncodedText.Encode("permits");
    internal static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    internal static readonly JsonEncodedText Owner = JsonEncodedText.Encode("owner");
    internal static readonly JsonEncodedText Mode = JsonEncodedText.Encode("mode");
    internal static readonly JsonEncodedText Weight = JsonEncodedText.Encode("weight");
    internal static readonly JsonEncodedText Token = JsonEncodedText.Encode("token");
    internal static readonly JsonEncodedText LastToken = JsonEncodedText.Encode("lastToken");
    internal static readonly JsonEncodedText Since = JsonEncodedText.Encode("since");
    internal static readonly JsonEncodedText Expires = JsonEncodedText.Encode("expires");
    internal static readonly JsonEncodedText Priority = JsonEncodedText.Encode("priority");
    internal static readonly JsonEncodedText PassedOver = JsonEncodedText.Encode("passedOver");
    internal static readonly JsonEncodedText TimeToLive = JsonEncodedText.Encode("ttlSeconds");
    internal static readonly JsonEncodedText Tokens = JsonEncodedText.Encode("tokens");
    internal static readonly JsonEncodedText Exclusive = JsonEncodedText.Encode("exclusive");
    internal static readonly JsonEncodedText Read = JsonEncodedText.Encode("read");
}
