namespace GoGoScope.Testing;

/// <summary>How the contract of stores gets at a store. One is made for each test and disposed after it.</summary>
/// <remarks>
/// A store's tests are complete when every abstract suite of this folder has a class for its harness, which
/// <see cref="ContractCompleteness"/> checks:
/// <code>
/// public sealed class RedisStoreHarness : LockStoreHarness { … }
/// public sealed class RedisStoreSwaps : StoreSwapContract&lt;RedisStoreHarness&gt;;
/// …
/// </code>
/// </remarks>
public abstract class LockStoreHarness : IAsyncDisposable
{
    private static int _keys;
    private readonly string _prefix = $"store:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>The store, as this process sees it.</summary>
    public abstract ILockStore Store { get; }

    /// <summary>Another instance on the same server: what another process would use.</summary>
    public abstract ILockStore AnotherProcess { get; }

    /// <summary>Connects; skips the test if there is no server. With <paramref name="ownServer"/> the test may restart it.</summary>
    public abstract Task OpenAsync(bool ownServer);

    /// <summary>Why the store lacks <paramref name="capability"/>; null if it has it.</summary>
    public abstract string? WhyNot(StoreCapability capability);

    /// <summary>A clock that is right to some minutes, for the store's to be compared with.</summary>
    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>Lets <paramref name="time"/> pass on the store's clock: moves it, or waits if it is a real one.</summary>
    public virtual Task PassAsync(TimeSpan time) => Waiting.Pass(time, TimeProvider.System);

    /// <summary>Writes a record past the store, with a fence and a version that no swap could give it.</summary>
    public abstract Task PlantAsync(string key, long version, long fence, string body);

    /// <summary>Breaks the connection by which <see cref="Store"/> listens, with <see cref="StoreCapability.Watching"/>.</summary>
    public virtual Task CutWatchingAsync() => throw new NotSupportedException(WhyNot(StoreCapability.Watching));

    /// <summary>Restarts the server, with <see cref="StoreCapability.Restart"/>: kills it, starts it again.</summary>
    public virtual Task RestartAsync() => throw new NotSupportedException(WhyNot(StoreCapability.Restart));

    /// <summary>
    /// Whether <see cref="ILockStore.SwapManyAsync"/>, which has failed with this, has swapped nothing because it waited for somebody else for too
    /// long, and may be asked again. Never by default.
    /// </summary>
    public virtual bool MayBeAskedAgain(Exception failure) => false;

    /// <summary>A key that no other test uses.</summary>
    public string NewKey() => $"{_prefix}:{Interlocked.Increment(ref _keys)}";

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
