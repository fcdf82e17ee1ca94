using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>One of <see cref="Scripts"/>, and the hash by which a server that has it runs it.</summary>
internal sealed class Script(string text)
{
    private readonly byte[] _hash = HashOf(text);

    /// <summary>By the hash; with <paramref name="isUnknown"/> by the text, which the server then remembers.</summary>
    internal Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments, CommandFlags flags, bool isUnknown) => isUnknown
        ? database.ScriptEvaluateAsync(text, keys, arguments, flags)
        : database.ScriptEvaluateAsync(_hash, keys, arguments, flags);

    [SuppressMessage("Security", "CA5350", Justification = "By this hash Redis knows its scripts; it protects nothing.")]
    private static byte[] HashOf(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
