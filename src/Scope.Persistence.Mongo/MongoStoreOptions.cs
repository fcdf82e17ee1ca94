using System.Runtime.CompilerServices;

namespace GoGoScope.Persistence.Mongo;

/// <summary>How locks are kept in MongoDB. Everything has a default.</summary>
/// <example>
/// <code>
/// var options = new MongoStoreOptions { Collection = "shop_locks" };
/// </code>
/// </example>
public sealed record MongoStoreOptions
{
    internal static readonly MongoStoreOptions Default = new();

    /// <summary>The collection: "gogoscope_locks" by default. It holds nothing else.</summary>
    /// <exception cref="ArgumentException">It is empty, has a NUL or a $, or begins with "system.".</exception>
    public string Collection { get; init => field = CollectionName(value); } = "gogoscope_locks";

    /// <summary>
    /// Whether waiters are notified by a change stream, where the deployment has them (replica sets and sharded clusters): true by default.
    /// With false, and on a single server, it has to look now and then.
    /// </summary>
    public bool Watch { get; init; } = true;

    /// <summary>
    /// How long the document of a key is kept that nobody has used, for the index that <c>EnsureSchemaAsync</c> makes: a day by
    /// default, and at least that. More than the server's clock is ever set back, for tokens to rise all the same. No lock waits for it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is less than a day, or more than 68 years, the most that MongoDB takes.</exception>
    public TimeSpan ForgetAfter
    {
        get;
        init => field = value >= TimeSpan.FromDays(1) && value.TotalSeconds <= int.MaxValue
            ? value
            : throw new ArgumentOutOfRangeException(nameof(ForgetAfter), value, "It must be a day at least, and 68 years at most.");
    } = TimeSpan.FromDays(1);

    private static string CollectionName(string value, [CallerMemberName] string name = "")
    {
        ArgumentException.ThrowIfNullOrEmpty(value, name);
        if (value.AsSpan().IndexOfAny('\0', '$') >= 0 || value.StartsWith("system.", StringComparison.Ordinal))
            throw new ArgumentException($"A collection in MongoDB has no NUL and no $ in its name, and does not begin with \"system.\", but this one does: \"{value}\".", name);
        return StoredText.Checked(value);
    }
}
