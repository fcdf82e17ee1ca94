namespace GoGoScope.Testing;

/// <summary>Waiting for a store whose connection was broken.</summary>
internal static class StoreRecovery
{
    /// <summary>Reads <paramref name="key"/> again and again until that works; until it has connected again, calls fail with <typeparamref name="TError"/>.</summary>
    public static async Task<StoredRecord> ReadAgainAsync<TError>(this ILockStore store, string key) where TError : Exception
    {
        ArgumentNullException.ThrowIfNull(store);
        StoredRecord read = default;
        await Waiting.Until(
            async () =>
            {
                try
                {
                    read = await store.ReadAsync(key, default).Soon();
                    return true;
                }
                catch (TError)
                {
                    return false;
                }
            },
            "the store works again");
        return read;
    }
}
