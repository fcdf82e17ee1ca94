namespace GoGoScope;

/// <summary>Receives the notifications of a store. Its members return at once and don't throw. For authors of stores.</summary>
/// <remarks>News are hints: they may come twice, late, or not at all.</remarks>
public interface IStoreWatcher
{
    /// <summary>A swap has woken this process.</summary>
    /// <param name="key">The key that was swapped.</param>
    /// <param name="record">The new record, if the news could carry it.</param>
    void Woken(string key, StoredRecord? record);

    /// <summary>News may have been missed, because the connection was broken or has just been made again.</summary>
    void Missed();
}
