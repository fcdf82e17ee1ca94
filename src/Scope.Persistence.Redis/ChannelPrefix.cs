using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// A connection that puts something of its own before the names of channels: it would listen where nobody speaks, for news are sent by
/// scripts, on the server, which know nothing of it.
/// </summary>
internal static class ChannelPrefix
{
    /// <exception cref="ArgumentException"><paramref name="configuration"/> has one.</exception>
    internal static void Refuse(string? configuration, string parameter)
    {
        if (string.IsNullOrEmpty(configuration)) return;
        if ((string?)ConfigurationOptions.Parse(configuration).ChannelPrefix is { Length: > 0 } prefix)
            throw new ArgumentException($"The connection has channelPrefix={prefix}, with which news of locks do not arrive. Give one without it; {nameof(RedisStoreOptions)}.{nameof(RedisStoreOptions.KeyPrefix)} keeps locks apart.", parameter);
    }
}
