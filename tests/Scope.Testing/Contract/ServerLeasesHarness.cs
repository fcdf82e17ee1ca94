namespace GoGoScope.Testing;

/// <summary>
/// The provider of leases under its contract, on the server of a store: by real time, and with a store of its own for each
/// process. For the tests of a store.
/// </summary>
public abstract class ServerLeasesHarness : LockProviderHarness
{
    private readonly Func<Task<ILockStore>> _openStore;
    private readonly List<IAsyncDisposable> _opened = [];
    private readonly LeasedLockProvider _provider;

    /// <summary>The harness for what <paramref name="openStore"/> opens: a store with connections of its own, disposed at the end if it can be.</summary>
    protected ServerLeasesHarness(Func<Task<ILockStore>> openStore)
    {
        _openStore = openStore;
        _provider = Open();
    }

    /// <inheritdoc/>
    public override ILockProvider Provider => _provider;

    /// <inheritdoc/>
    public override ILockProvider AnotherProcess => Open();

    /// <inheritdoc/>
    public override TimeProvider Time => TimeProvider.System;

    /// <inheritdoc/>
    public override TimeSpan Moment => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public override int RaceRounds => 300;

    /// <inheritdoc/>
    public override int KeysUsedOnce => 500;

    /// <inheritdoc/>
    public override int RoundsPerContender => 2;

    /// <inheritdoc/>
    public override string? WhyNot(LockCapability capability) => capability switch
    {
        LockCapability.ControlledClock => "the server's clock goes by itself",
        LockCapability.CountsWhatIsKept => "what the store keeps is not counted",
        LockCapability.Synchronous => "it asks a server",
        LockCapability.UnpairedSurrogates => "the server keeps UTF-8",
        _ => null,
    };

    /// <inheritdoc/>
    public override ValueTask PassAsync(TimeSpan time) => new(Waiting.Pass(time, Time));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        for (var i = _opened.Count - 1; i >= 0; i--) await _opened[i].DisposeAsync();
    }

    private LeasedLockProvider Open()
    {
        var store = _openStore().GetAwaiter().GetResult();
        if (store is IAsyncDisposable disposable) _opened.Add(disposable);
        // Leases here are short: nearly all of one may be lost to a machine that stands still before it is renewed.
        var provider = new LeasedLockProvider(store, new LeaseOptions { RenewalsPerLease = 8 });
        _opened.Add(provider);
        return provider;
    }
}
