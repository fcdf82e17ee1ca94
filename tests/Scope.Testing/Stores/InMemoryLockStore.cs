using System.Runtime.CompilerServices;

namespace GoGoScope.Testing;

/// <summary>
/// The simplest store that keeps the contract of <see cref="ILockStore"/>: for tests of what is built on stores, and to read
/// what a store has to do. Every call is complete when it returns, and so is the news of it.
/// </summary>
/// <remarks>One instance stands for the server: providers that share it are as processes on one server.</remarks>
/// <example>
/// <code>
/// var time = new ManualTimeProvider();
/// var store = new InMemoryLockStore(time);      // its clock stands until the test moves it
/// </code>
/// </example>
public sealed class InMemoryLockStore : IListableLockStore
{
    private static readonly StoredRecord None = new(Version: 0, Fence: 0, Body: "", Now: 0);

    private readonly System.Threading.Lock _gate = new();
    private readonly Dictionary<string, Kept> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Watching>> _watching = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;

    /// <summary>A store without a record, by the clock of <paramref name="time"/>; by default the system's.</summary>
    public InMemoryLockStore(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public string Name => "in-memory store";

    /// <summary>How many records it keeps.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                var now = Clock();
                foreach (var key in _records.Where(record => record.Value.CanBeForgotten(now)).Select(record => record.Key).ToList()) _records.Remove(key);
                return _records.Count;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Swap(swap));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<StoredRecord>>([.. swaps.Select(Swap)]);
    }

    /// <inheritdoc/>
    public ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate) return ValueTask.FromResult(FindHoldingGate(key, Clock()));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        string[] keys;
        lock (_gate) keys = [.. _records.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        foreach (var key in keys)
        {
            if (await ReadAsync(key, cancellationToken).ConfigureAwait(false) is { IsFree: false } record) yield return new(key, record);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        cancellationToken.ThrowIfCancellationRequested();
        var watching = new Watching(this, process, watcher);
        lock (_gate)
        {
            if (!_watching.TryGetValue(process, out var list)) _watching[process] = list = [];
            list.Add(watching);
        }
        return ValueTask.FromResult<IAsyncDisposable?>(watching);
    }

    /// <summary>Writes a record past all rules, as a person may do in a server.</summary>
    public void Plant(string key, long version, long fence, string body, long keepUntil)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        lock (_gate) _records[key] = new Kept(version, fence, body, keepUntil);
    }

    /// <summary>What a broken connection comes to: all who watch are told that they may have missed something.</summary>
    public void BreakWatching()
    {
        List<Watching> all;
        lock (_gate) all = [.. _watching.Values.SelectMany(list => list)];
        foreach (var watching in all) watching.Watcher.Missed();
    }

    private StoredRecord Swap(LockSwap swap)
    {
        ArgumentException.ThrowIfNullOrEmpty(swap.Key);
        StoredRecord replaced;
        List<Watching> woken;
        lock (_gate)
        {
            var now = Clock();
            var current = FindHoldingGate(swap.Key, now);
            var asExpected = swap.Expected == 0 ? current.IsFree : current.Version == swap.Expected;
            if (!asExpected || now < swap.NotBefore || now >= swap.NotAfter) return current;

            var fence = (current.IsFree ? Math.Max(current.Fence, now) : current.Fence) + swap.Draw;
            replaced = new StoredRecord(swap.Version, fence, swap.Body, now);
            // A free one says nothing but its fence, and the clock takes over from that.
            if (replaced.IsFree && fence <= now) _records.Remove(swap.Key);
            else _records[swap.Key] = new Kept(swap.Version, fence, swap.Body, replaced.IsFree ? now : swap.KeepUntil);
            woken = [.. (swap.Wake ?? []).SelectMany(process => _watching.GetValueOrDefault(process) ?? [])];
        }
        foreach (var watching in woken) watching.Watcher.Woken(swap.Key, replaced);
        return replaced;
    }

    private StoredRecord FindHoldingGate(string key, long now)
    {
        if (!_records.TryGetValue(key, out var kept)) return None with { Now = now };
        if (!kept.CanBeForgotten(now)) return new StoredRecord(kept.Version, kept.Fence, kept.Body, now);
        _records.Remove(key);
        return None with { Now = now };
    }

    private long Clock() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void Forget(Watching watching)
    {
        lock (_gate)
        {
            if (!_watching.TryGetValue(watching.Process, out var list)) return;
            list.Remove(watching);
            if (list.Count == 0) _watching.Remove(watching.Process);
        }
    }

    private readonly record struct Kept(long Version, long Fence, string Body, long KeepUntil)
    {
        // Without it the fence of the next record would start at the clock, which must not be behind.
        internal bool CanBeForgotten(long now) => now >= KeepUntil && now >= Fence;
    }

    private sealed class Watching(InMemoryLockStore store, string process, IStoreWatcher watcher) : IAsyncDisposable
    {
        internal string Process => process;

        internal IStoreWatcher Watcher => watcher;

        public ValueTask DisposeAsync()
        {
            store.Forget(this);
            return ValueTask.CompletedTask;
        }
    }
}
