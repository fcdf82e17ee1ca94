using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace GoGoScope.Persistence.Redis;

/// <summary>
/// Locks in Redis 5 or later, or a server that speaks like it. One string for each key that is held or waited for, which
/// can be read (<c>GET gogoscope:lock:stock:42</c>) and goes away by itself; a change is one script, in one round trip.
/// </summary>
/// <remarks>
/// <para>Works with a single server, with Sentinel and with Redis Cluster. Redis answers before its replicas know: a fail-over can
/// drop a lock that was just granted. Where that must not do harm, let the resource check the fencing token.</para>
/// <para>The server must not evict keys (<c>maxmemory-policy noeviction</c>), which is checked at first
/// and twice a minute, where the server lets it. A command that is cancelled may still be carried out.</para>
/// </remarks>
/// <example>
/// <code>
/// var store = new RedisLockStore(await ConnectionMultiplexer.ConnectAsync("localhost:6379"));
/// </code>
/// </example>
public sealed class RedisLockStore : IListableLockStore, IAsyncDisposable
{
    // A server forgets scripts when it restarts, fails over or is told to (SCRIPT FLUSH). Not over and over.
    private const int Attempts = 5;

    // How soon those nodes are asked again that did not answer.
    private static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(1);

    // How soon all are: another server may have taken over, or the settings of this one were changed.
    private static readonly TimeSpan CheckAnew = TimeSpan.FromSeconds(30);

    // A replica may be behind, also in what it answers to a swap that it refuses.
    private const CommandFlags OnPrimary = CommandFlags.DemandMaster;

    private readonly IConnectionMultiplexer _connection;
    private readonly RedisStoreOptions _options;
    private readonly byte[] _prefix;
    private readonly bool _ownsConnection;
    private Task<bool>? _check;
    private long _checkedAt;
    private int _isLookingAgain;

    /// <summary>A store on a connection of the application, which it shares and does not close.</summary>
    /// <param name="connection">The connection; one is enough for all that a process does with Redis.</param>
    /// <param name="options">By default <c>new RedisStoreOptions()</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connection"/> has a <c>channelPrefix</c>.</exception>
    public RedisLockStore(IConnectionMultiplexer connection, RedisStoreOptions? options = null)
        : this(connection, options, ownsConnection: false)
    {
    }

    private RedisLockStore(IConnectionMultiplexer connection, RedisStoreOptions? options, bool ownsConnection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ChannelPrefix.Refuse(connection);
        _connection = connection;
        _options = options ?? RedisStoreOptions.Default;
        _prefix = StoredText.Encode(_options.KeyPrefix);
        _ownsConnection = ownsConnection;
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <summary>A store on a connection of its own, which <see cref="DisposeAsync"/> closes.</summary>
    /// <param name="configuration">As StackExchange.Redis reads it: "localhost:6379,password=…".</param>
    /// <param name="options">By default <c>new RedisStoreOptions()</c>.</param>
    /// <param name="cancellationToken">Stops to wait for the server; a connection that comes about later is closed.</param>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> is empty or white space, or has a <c>channelPrefix</c>.</exception>
    /// <exception cref="RedisConnectionException">No server can be reached, unless the configuration says <c>abortConnect=false</c>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task<RedisLockStore> ConnectAsync(string configuration, RedisStoreOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        ChannelPrefix.Refuse(configuration, nameof(configuration));
        cancellationToken.ThrowIfCancellationRequested();
        var connection = await ConnectionMultiplexer.ConnectAsync(configuration).OrClosedAsync(cancellationToken).ConfigureAwait(false);
        return new RedisLockStore(connection, options, ownsConnection: true);
    }

    /// <summary>As <see cref="ConnectAsync"/>, for who can't await.</summary>
    internal static RedisLockStore Connect(string configuration, RedisStoreOptions? options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        ChannelPrefix.Refuse(configuration, nameof(configuration));
        return new RedisLockStore(ConnectionMultiplexer.Connect(configuration), options, ownsConnection: true);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only replica, or evicts keys; see <see cref="RedisStoreOptions.AcceptEviction"/>.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StoredRecord> SwapAsync(LockSwap swap, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var prepared = new PreparedSwap(this, swap);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return await SwapAsync(prepared).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only replica, or evicts keys; see <see cref="RedisStoreOptions.AcceptEviction"/>.</exception>
    public async ValueTask<IReadOnlyList<StoredRecord>> SwapManyAsync(IReadOnlyList<LockSwap> swaps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(swaps);
        cancellationToken.ThrowIfCancellationRequested();
        var prepared = swaps.Select(swap => new PreparedSwap(this, swap)).ToList();
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        // The driver sends them together, without waiting for the answers in between.
        return await Task.WhenAll(prepared.Select(swap => SwapAsync(swap).AsTask())).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The server is a read-only replica, or evicts keys; see <see cref="RedisStoreOptions.AcceptEviction"/>.</exception>
    public async ValueTask<StoredRecord> ReadAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stored = KeyOf(key);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return RecordText.ParseAnswer((byte[])(await EvaluateAsync(Scripts.Read, stored, []).OrCancelledAsync(cancellationToken).ConfigureAwait(false))!);
    }

    /// <summary>
    /// The keys that begin with <paramref name="prefix"/>, and their records, by SCAN: in pages, each of which looks at some hundred keys of the
    /// database, whoever they belong to.
    /// </summary>
    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The locks are spread over the nodes of a Redis Cluster; see <see cref="RedisStoreOptions.KeyPrefix"/>.</exception>
    /// <exception cref="InvalidOperationException">The server is a read-only replica, or evicts keys; see <see cref="RedisStoreOptions.AcceptEviction"/>.</exception>
    public async IAsyncEnumerable<KeyValuePair<string, StoredRecord>> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        Listing.RefuseSpread(_connection, _options.KeyPrefix);
        var listing = new Listing(_prefix, StoredText.Encode(prefix));
        do
        {
            var page = await EvaluateAsync(Scripts.List, _prefix, listing.NextArguments()).OrCancelledAsync(cancellationToken).ConfigureAwait(false);
            foreach (var found in listing.Read(page)) yield return found;
        }
        while (!listing.IsAtEnd);
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable?> WatchAsync(string process, IStoreWatcher watcher, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(process);
        ArgumentNullException.ThrowIfNull(watcher);
        cancellationToken.ThrowIfCancellationRequested();
        var watch = new RedisWatch(_connection, ChannelOf(process), _prefix.Length, watcher);
        try
        {
            await watch.StartAsync(cancellationToken).ConfigureAwait(false);
            return watch;
        }
        catch
        {
            await watch.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the connection if <see cref="ConnectAsync"/> made it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_ownsConnection) return;
        await _connection.CloseAsync().ConfigureAwait(false);
        _connection.Dispose();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StoredRecord> SwapAsync(PreparedSwap prepared) =>
        RecordText.ParseAnswer((byte[])(await EvaluateAsync(Scripts.Swap, prepared.Key, prepared.Arguments).ConfigureAwait(false))!, prepared.Swap);

    /// <summary>Runs a script: by its hash where the server has it, or else by its text.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<RedisResult> EvaluateAsync(Script script, byte[] key, RedisValue[] arguments)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await script.RunAsync(_connection.GetDatabase(), [key], arguments, OnPrimary, isUnknown: attempt > 1).ConfigureAwait(false);
            }
            catch (RedisServerException e) when (attempt < Attempts && e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                // By its text then, which the server remembers.
            }
            catch (RedisServerException e) when (e.Message.StartsWith("READONLY", StringComparison.Ordinal))
            {
                throw ServerCheck.ReadOnly(_connection, e);
            }
        }
    }

    /// <summary>The first who come wait for it. Those after them don't, when it was not answered by all nodes, or a while ago: they have it looked at again meanwhile.</summary>
    private ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        var check = Volatile.Read(ref _check);
        if (check is { IsCompletedSuccessfully: true })
        {
            if ((!check.Result || IsOld) && Interlocked.Exchange(ref _isLookingAgain, 1) == 0) _ = LookAgainAsync(check.Result ? TimeSpan.Zero : CheckAgain);
            return ValueTask.CompletedTask;
        }
        if (check is null or { IsCompleted: true })
        {
            var own = BeginCheck();
            // Several at once may ask, at first.
            Volatile.Write(ref _check, own);
            check = own;
        }
        return new ValueTask(check.OrCancelledAsync(cancellationToken));
    }

    private bool IsOld => _options.TimeProvider.GetElapsedTime(Volatile.Read(ref _checkedAt)) >= CheckAnew;

    private Task<bool> BeginCheck()
    {
        Volatile.Write(ref _checkedAt, _options.TimeProvider.GetTimestamp());
        return ServerCheck.RefuseUnfitAsync(_connection, _options);
    }

    private async Task LookAgainAsync(TimeSpan pause)
    {
        await Task.Delay(pause, TimeProvider.System).ConfigureAwait(false);
        var check = BeginCheck();
        await ((Task)check).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // That nobody answers now is for whoever uses them to see.
        if (check.IsCompletedSuccessfully || check.Exception?.InnerException is InvalidOperationException) Volatile.Write(ref _check, check);
        Volatile.Write(ref _isLookingAgain, 0);
    }

    private byte[] KeyOf(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var bytes = StoredText.Encode(key, _prefix.Length);
        _prefix.CopyTo(bytes, 0);
        return bytes;
    }

    private byte[] ChannelOf(string process) => [.. _prefix, .. "wake:"u8, .. StoredText.Encode(process)];

    /// <summary>A swap as the script takes it; made before anything is sent, so that what can't be sent is refused at once.</summary>
    private readonly struct PreparedSwap
    {
        internal PreparedSwap(RedisLockStore store, in LockSwap swap)
        {
            Swap = swap;
            Key = store.KeyOf(swap.Key);
            var woken = swap.Wake ?? [];
            Arguments = new RedisValue[1 + woken.Count];
            Arguments[0] = SwapText.Write(in swap);
            for (var i = 0; i < woken.Count; i++) Arguments[1 + i] = store.ChannelOf(woken[i]);
        }

        internal LockSwap Swap { get; }

        internal byte[] Key { get; }

        internal RedisValue[] Arguments { get; }
    }
}
