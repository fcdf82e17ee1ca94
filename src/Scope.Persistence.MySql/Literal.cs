using System.Globalization;

namespace GoGoScope.Persistence.MySql;

/// <summary>
/// Values as they stand in a statement: digits, and bytes in hexadecimal. No <c>sql_mode</c>, no character set and no driver's
/// way of writing parameters can make anything else of them.
/// </summary>
internal static class Literal
{
    internal static string Of(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Of(byte[]? bytes) => bytes is null ? "NULL" : $"X'{Convert.ToHexString(bytes)}'";

    /// <summary>A text that is compared with those of the server.</summary>
    internal static string Of(string text) => $"CONVERT({Of(StoredText.Encode(text))} USING utf8mb4)";
}
