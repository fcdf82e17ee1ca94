using System.Numerics;

namespace GoGoScope;

/// <summary>
/// Locks by key within this process: the provider that every scope uses by default. Needs no server and no package; grants and
/// releases allocate nothing, and a key that nobody holds or waits for leaves nothing behind.
/// </summary>
/// <remarks>
/// Scopes that use the same instance share its keys; each instance has keys of its own. Keys are compared
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
    internal const string ProviderName = "in-memory";

    private const int FewestStripes = 32;
    private const int MostStripes = 256;

    private readonly Stripe[] _stripes;

    /// <summary>Creates a provider with keys of its own, which exclude nobody who uses another provider.</summary>
    public InMemoryLockProvider()
    {
        var count = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount * 8), FewestStripes, MostStripes);
        _stripes = new Stripe[count];
        for (var i = 0; i < count; i++) _stripes[i] = new Stripe();
    }

    /// <summary>The provider that scopes use unless they are given another. Its keys are shared by the whole process.</summary>
    public static InMemoryLockProvider Shared
    {
        get
        {
            // Listeners may use it, so they are asked before it is made.
            TelemetryMaking.BeforeGates();
            return SharedHolder.Shared;
        }
    }

    /// <inheritdoc/>
    public string Name => ProviderName;

    /// <inheritdoc/>
    public bool IsDistributed => false;

    /// <inheritdoc/>
    public bool GrantsPermits => true;

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
        return Acquire(in request, answersNull: false, cancellationToken).ToTask();
    }

    /// <inheritdoc/>
    public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken)
    {
        request.Validate();
        return Acquire(in request, answersNull: true, cancellationToken).ToTryTask();
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

    /// <inheritdoc/>
    public ValueTask<LockInspection> InspectAsync(string key, CancellationToken cancellationToken = default)
    {
        Ensure.Key(key, nameof(key));
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<LockInspection>(cancellationToken);
        return new(LocalInspection.Of(key, LookAt(key, key.GetHashCode())));
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LockInspection> InspectAllAsync(string keyPrefix = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPrefix);
        return LocalInspection.All(Snapshot(), keyPrefix, cancellationToken);
    }

    /// <summary>Who holds <paramref name="key"/> and who waits for it; null if nobody does.</summary>
    internal LockSnapshot? LookAt(string key, int hash)
    {
        var stripe = StripeOf(hash);
        stripe.Gate.Enter();
        var snapshot = stripe.FindHoldingGate(key, hash)?.ToSnapshotHoldingGate();
        stripe.Gate.Exit();
        return snapshot;
    }

    /// <summary>Decides a request that was found to be valid.</summary>
    internal Answer Acquire(in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Answer.Refused(WaitOutcome.Cancelled.ToException(in request, holder: null, cancellationToken));
        return EnterEntry(request.Key, request.KeyHash ?? request.Key.GetHashCode()).AcquireAndExitGate(in request, answersNull, cancellationToken);
    }

    /// <summary>Ends the waits for <paramref name="key"/> that came through <paramref name="ended"/>.</summary>
    internal void EndWaits(string key, int hash, Lock ended)
    {
        var stripe = StripeOf(hash);
        stripe.Gate.Enter();
        var waits = stripe.FindHoldingGate(key, hash)?.WaitsHoldingGate(of: ended) ?? [];
        stripe.Gate.Exit();
        foreach (var (waiter, number) in waits) waiter.Leave(WaitOutcome.Ended, number);
    }

    internal Stripe StripeOf(int hash) => _stripes[hash & (_stripes.Length - 1)];

    /// <summary>The entry of the key, made if need be, with its stripe's gate closed behind us.</summary>
    internal LockEntry EnterEntry(string key, int hash)
    {
        var stripe = StripeOf(hash);
        stripe.Gate.Enter();
        return stripe.FindOrAddHoldingGate(key, hash);
    }

    private static class SharedHolder
    {
        internal static readonly InMemoryLockProvider Shared = new();
    }
}
