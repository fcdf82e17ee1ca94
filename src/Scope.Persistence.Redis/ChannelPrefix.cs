using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// A connection that puts something of its own before the names of channels: it would listen where nobody speaks, for news are sent by
/// scripts, on the server, which know nothing of it.
/// </summary>
internal static class ChannelPrefix
{
    /// <summary>Of what is to be connected to.</summary>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> has one, or can't be read.</exception>
    internal static void Refuse(string configuration, string parameter) => Refuse(ConfigurationOptions.Parse(configuration), parameter);

    /// <summary>Of what was read.</summary>
    /// <exception cref="ArgumentException"><paramref name="options"/> have one.</exception>
    internal static void Refuse(ConfigurationOptions options, string parameter)
    {
        if ((string?)options.ChannelPrefix is { Length: > 0 } prefix)
            throw new ArgumentException($"The connection has channelPrefix={prefix}, with which news of locks do not arrive. Give one without it; {nameof(RedisStoreOptions)}.{nameof(RedisStoreOptions.KeyPrefix)} keeps locks apart.", parameter);
    }

    /// <summary>Of a connection.</summary>
    /// <exception cref="ArgumentException"><paramref name="connection"/> has one.</exception>
    internal static void Refuse(IConnectionMultiplexer connection)
    {
        ConfigurationOptions options;
        try
        {
            if (string.IsNullOrEmpty(connection.Configuration)) return;
            options = ConfigurationOptions.Parse(connection.Configuration, ignoreUnknown: true);
        }
        catch (ArgumentException)
        {
            // As the driver writes it, a password with commas in it can't be read back, and must not be shown.
            return;
        }
        Refuse(options, nameof(connection));
    }
}
