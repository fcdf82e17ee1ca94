using System.Numerics;

namespace GoGoScope;

/// <summary>
/// Keys that live in this process: the default of every scope. Needs no server and no package; grants and releases
/// allocate nothing, and a key that nobody holds or waits for leaves nothing behind.
/// </summary>
/// <remarks>
/// Scopes that use the same instance share its keys; separate instances are separate worlds. Keys are compared
/// ordinally: case matters. Fencing tokens rise for each key as long as the process lives.
/// </remarks>
/// <example>
/// <code>
/// var provider = new InMemoryLockProvider();
/// await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
/// await using var guard = await scope.AcquireLockAsync("orders:4711");
/// </code>
/// </example>
public sealed class InMemoryLockProvider : ILockProvider
{
    private const int FewestStripes = 16;
    private const int MostStripes = 256;

    private readonly Stripe[] _stripes;

    /// <summary>A new world of keys.</summary>
    public InMemoryLockProvider()
    {
        var count = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 4), FewestStripes, MostStripes);
        _stripes = new Stripe[count];
        for (var i = 0; i < count; i++) _stripes[i] = new Stripe();
    }

    /// <summary>The world of keys that scopes use unless they are given another.</summary>
    public static InMemoryLockProvider Shared { get; } = new();

    /// <inheritdoc/>
    public string Name => "in-memory";

    /// <inheritdoc/>
    public bool IsDistributed => false;

    /// <summary>How many keys are held or waited for.</summary>
    internal int EntryCount
    {
        get
        {
            var count = 0;
            foreach (var stripe in _stripes) count += stripe.Count;
            return count;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LockGuard>(cancellationToken);
        return EnterEntry(request.Key).AcquireAndExitGate(in request, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LockGuard?>(cancellationToken);
        return EnterEntry(request.Key).TryAcquireAndExitGate(in request, cancellationToken);
    }

    /// <inheritdoc/>
    public IReadOnlyList<LockSnapshot> Snapshot()
    {
        var snapshots = new List<LockSnapshot>();
        foreach (var stripe in _stripes)
        {
            stripe.Gate.Enter();
            stripe.VisitHoldingGate(entry => snapshots.Add(entry.ToSnapshotHoldingGate()));
            stripe.Gate.Exit();
        }
        return snapshots;
    }

    /// <summary>
    /// Takes a key that can be had at once, on a lease that does not end by itself: what most requests are, without
    /// making a request of it. Null if it has to be asked for.
    /// </summary>
    internal Hold? TryTakeFree(string key, int hash, LockMode mode, LockOptions options, Scope? scope, Lock? @lock, out long token)
    {
        var stripe = StripeOf(hash);
        stripe.Gate.Enter();
        var hold = stripe.FindOrAddHoldingGate(key, hash).TryTakeFreeHoldingGate(mode, options, scope, @lock);
        token = hold?.Token ?? 0;
        stripe.Gate.Exit();
        return hold;
    }

    internal Stripe StripeOf(int hash) => _stripes[hash & (_stripes.Length - 1)];

    /// <summary>The entry of the key, made if need be, with its stripe's gate closed behind us.</summary>
    private LockEntry EnterEntry(string key)
    {
        var hash = key.GetHashCode();
        var stripe = StripeOf(hash);
        stripe.Gate.Enter();
        return stripe.FindOrAddHoldingGate(key, hash);
    }
}
