using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases;

/// <summary>The provider of leases under the contract, on a store in memory, by a clock that the test moves.</summary>
public sealed class LeasedHarness : LockProviderHarness
{
    private static readonly TimeSpan ShortestStep = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockStore _store;
    private readonly LeasedLockProvider _provider;
    private readonly List<LeasedLockProvider> _others = [];

    public LeasedHarness()
    {
        _store = new InMemoryLockStore(_time);
        _provider = New();
    }

    public override ILockProvider Provider => _provider;

    public override ILockProvider AnotherProcess
    {
        get
        {
            var other = New();
            _others.Add(other);
            return other;
        }
    }

    public override TimeProvider Time => _time;

    public override int RaceRounds => 25_000;

    public override int KeysUsedOnce => 5_000;

    public override string? WhyNot(LockCapability capability) => capability switch
    {
        LockCapability.Synchronous => "it asks a store",
        LockCapability.UnpairedSurrogates => null,
        _ => null,
    };

    /// <summary>When the time is over for which keys are remembered. A process that has waited once goes on saying that it lives.</summary>
    public override async ValueTask<int> CountKeptAsync()
    {
        await PassAsync(TimeSpan.FromSeconds(10));
        var processes = 0;
        await foreach (var _ in _store.ListAsync("process:", CancellationToken.None)) processes++;
        return _store.Count - processes + _provider.KnownKeys + _others.Sum(other => other.KnownKeys);
    }

    /// <summary>In steps from timer to timer, so that renewals are answered in between.</summary>
    public override async ValueTask PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero;)
        {
            await QuietAsync();
            var step = TimeSpan.FromTicks(Math.Min(left.Ticks, Math.Max(ShortestStep.Ticks, (_time.UntilNextTimer ?? left).Ticks)));
            _time.Advance(step);
            left -= step;
        }
        await QuietAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _provider.DisposeAsync();
        foreach (var other in _others) await other.DisposeAsync();
    }

    private Task QuietAsync() => Waiting.Until(Quiet.Of([_provider, .. _others]), "nothing is under way");

    private LeasedLockProvider New() => new(_store, new LeaseOptions { TimeProvider = _time, ClockDrift = 0 });
}

public sealed class LeasedExclusion : ExclusionContract<LeasedHarness>;

public sealed class LeasedOrdering : OrderingContract<LeasedHarness>;

public sealed class LeasedReadersWriters : ReadersWritersContract<LeasedHarness>;

public sealed class LeasedTimeouts : TimeoutContract<LeasedHarness>;

public sealed class LeasedCancellation : CancellationContract<LeasedHarness>;

public sealed class LeasedRelease : ReleaseContract<LeasedHarness>;

public sealed class LeasedLifetimes : LifetimeContract<LeasedHarness>;

public sealed class LeasedKeys : KeysContract<LeasedHarness>;

public sealed class LeasedFencing : FencingContract<LeasedHarness>;

public sealed class LeasedLeases : LeaseContract<LeasedHarness>;

public sealed class LeasedSeveralLocks : SeveralLocksContract<LeasedHarness>;

public sealed class LeasedKeyedRuns : KeyedRunsContract<LeasedHarness>;

public sealed class LeasedInspection : InspectionContract<LeasedHarness>;

public sealed class LeasedSemaphores : SemaphoreContract<LeasedHarness>;
