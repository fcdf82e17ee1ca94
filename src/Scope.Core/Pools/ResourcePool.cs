using System.Diagnostics.CodeAnalysis;

namespace GoGoScope;

/// <summary>
/// A pool of resources that are costly to make, such as connections: each is lent to one caller at a time, and there are never more
/// than <see cref="PoolOptions{T}.Max"/>. It belongs to a scope, and so do its resources: when the scope has ended, all of them are
/// destroyed.
/// </summary>
/// <remarks>
/// <para>Those who wait are served as by a semaphore: by priority, equals in the order they came, and nobody is passed over for
/// ever. The resource that was given back last is lent first, so that those too many become idle and can go.</para>
/// <para>Making, checking and destroying a resource belong to the pool, not to the caller on whose behalf they are done: a
/// caller who is cancelled or whose time is up leaves at once, and what was begun for it serves the next.</para>
/// <para>Who holds a resource and asks for another may wait for itself.</para>
/// </remarks>
/// <example>
/// <code>
/// var connections = scope.CreatePool(ct => Connection.OpenAsync(ct), new PoolOptions&lt;Connection&gt; { Max = 10 });
/// await using var lent = await connections.AcquireAsync(TimeSpan.FromSeconds(5));
/// await lent.Resource.SendAsync(message);
/// </code>
/// </example>
[SuppressMessage("Design", "CA1001", Justification = "The source is disposed by the end of the pool.")]
public sealed partial class ResourcePool<T> : IAsyncDisposable where T : notnull
{
    private readonly Scope _scope;
    private readonly Func<CancellationToken, ValueTask<T>> _create;
    private readonly PoolOptions<T> _options;
    private readonly TimeProvider _time;
    private readonly DeadlineQueue _deadlines;

    // A turn is the right to have one resource: to hold it, or to make, check or destroy it. So there are never more resources
    // than turns, those that are idle included: one is only made by who has a turn and finds none idle.
    private readonly AsyncSemaphore _turns;

    // A few pointer writes at a time; nothing inside it calls out, or enters another gate.
    private Gate _gate;
    private PoolSlotList<T> _idle;
    private PoolSlotList<T> _lent;
    private long _lastRank;

    // All that exist, from before they are made until they are destroyed.
    private int _total;

    // Those among them that are being made, for callers too: nobody knows yet whether they will be there.
    private int _making;

    // Those among them that are to be destroyed: what is kept for the minimum is not one of them.
    private int _doomed;

    // What has been done so far.
    private long _created, _destroyed, _loans, _createFailures, _unhealthy, _destroyFailures;

    internal ResourcePool(Scope scope, Func<CancellationToken, ValueTask<T>> create, PoolOptions<T> options)
    {
        _scope = scope;
        _create = create;
        _options = Ensure.NotNull(options).Validated();
        _time = options.TimeProvider ?? scope.TimeProvider;
        _deadlines = DeadlineQueue.For(_time);
        _lifetime = CancellationTokenSource.CreateLinkedTokenSource(scope.Token);
        _lifetimeToken = _lifetime.Token;
        _turns = new AsyncSemaphore(options.Max, new SemaphoreOptions { Owner = scope.Name, TimeProvider = _time }, _lifetimeToken);
        _refill = new PoolRefill<T>(this);
        _ownership = new PoolOwnership<T>(this);
        if (!scope.TryOwn(_ownership)) throw new ObjectDisposedException(nameof(Scope), "The scope has ended: it hands out no more pools.");
        Refill();
    }

    /// <summary>The pool's name; null if it was given none.</summary>
    public string? Name => _options.Name;

    /// <summary>How many resources there are at this moment, what they are doing, and what the pool has done so far.</summary>
    public PoolStatistics Statistics
    {
        get
        {
            var waiting = _turns.WaitingCount;
            _gate.Enter();
            var (idle, lent, total) = (_idle.Count, _lent.Count, _total);
            var (created, destroyed, loans) = (_created, _destroyed, _loans);
            var (createFailures, unhealthy, destroyFailures) = (_createFailures, _unhealthy, _destroyFailures);
            _gate.Exit();
            return new PoolStatistics
            {
                Idle = idle, InUse = lent, Busy = total - idle - lent, Waiting = waiting, Created = created, Destroyed = destroyed,
                Lent = loans, CreateFailures = createFailures, Unhealthy = unhealthy, DestroyFailures = destroyFailures,
            };
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Name is null ? $"A pool of at most {_options.Max}" : $"Pool \"{LockText.Shorten(Name)}\" of at most {_options.Max}";

    /// <summary>One line for the dump of the scope.</summary>
    internal string Describe()
    {
        var now = Statistics;
        return $"{this}: {now.Idle} idle, {now.InUse} in use, {now.Busy} busy, {now.Waiting} waiting";
    }

    internal bool TryRead(PoolSlot<T> slot, long loan, [MaybeNullWhen(false)] out T resource)
    {
        _gate.Enter();
        var isLent = slot.Loan == loan && loan != 0;
        _gate.Exit();
        resource = isLent ? slot.Resource : default;
        return isLent;
    }

    private void Report(string what, Exception error) => GoGoScopeEventSource.Log?.ResourceFailed(_scope, ToString(), what, error);
}
