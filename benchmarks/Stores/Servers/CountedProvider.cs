namespace GoGoScope.Benchmarks.Stores.Servers;

/// <summary>A provider of leases that counts what it asks of its store.</summary>
internal sealed class CountedProvider : LeasedLockProvider
{
    private CountedProvider(CountedStore store, LeaseOptions? options) : base(store, options, ownsStore: true) => Store = store;

    internal CountedStore Store { get; }

    internal static async Task<CountedProvider> OpenAsync(StoreKind kind, string connection, StoreVariant variant = StoreVariant.Default, LeaseOptions? options = null) =>
        new(new CountedStore(await kind.OpenAsync(connection, variant)), options);
}
