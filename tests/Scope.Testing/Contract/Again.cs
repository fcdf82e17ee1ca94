namespace GoGoScope.Testing;

/// <summary>What is tried again and again, because the store had too little time for it: it may just have come back, or its machine be busy.</summary>
internal static class Again
{
    /// <summary>The lock, acquired in the end.</summary>
    public static async Task<LockGuard> AcquireAsync(Lock @lock)
    {
        ArgumentNullException.ThrowIfNull(@lock);
        LockGuard? guard = null;
        await Waiting.Until(
            async () =>
            {
                try
                {
                    guard = await @lock.AcquireAsync().Soon();
                    return true;
                }
                catch (LockProviderException)
                {
                    return false;
                }
            },
            "the store answers in time");
        return guard!.Value;
    }

    /// <summary>The answers to all swaps, asked for again after each failure of which <paramref name="mayBeAskedAgain"/> says that nothing was swapped.</summary>
    public static async Task<IReadOnlyList<StoredRecord>> SwapManyAsync(ILockStore store, IReadOnlyList<LockSwap> swaps, Func<Exception, bool> mayBeAskedAgain)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(mayBeAskedAgain);
        while (true)
        {
            try
            {
                return await store.SwapManyAsync(swaps, default);
            }
            catch (Exception error) when (mayBeAskedAgain(error))
            {
                // Whoever has the row lets go of it sooner or later.
            }
        }
    }
}
