using System.Runtime.CompilerServices;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>A store that can only be listed: the keys of each page come together, a second after they were asked for.</summary>
internal sealed class PagedStore(TimeProvider time, params string[][] pages) : IListableLockStore
{
    internal const string ItsName = "paged";

    public string Name => ItsName;

    /// <summary>How long a page takes.</summary>
    internal TimeSpan Takes { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What comes instead of the first page; null for nothing.</summary>
    internal Exception? Failure { get; init; }

    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in pages)
        {
            await Task.Delay(Takes, time, cancellationToken);
            if (Failure is { } failure) throw failure;
            foreach (var key in page) yield return new(prefix + key, new StoredRecord(Version: 1, Fence: 0, Body: "", Now: 0));
        }
    }

    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken) => throw new NotSupportedException();
}
