using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>The in-memory provider under the contract: a provider of its own for each test, by a clock that the test moves.</summary>
public sealed class InMemoryHarness : LockProviderHarness
{
    private readonly InMemoryLockProvider _provider = new();
    private readonly ManualTimeProvider _time = new();

    public override ILockProvider Provider => _provider;

    public override TimeProvider Time => _time;

    public override string? WhyNot(LockCapability capability) => capability switch
    {
        LockCapability.SeveralProcesses => "its keys live in one process",
        _ => null,
    };

    public override ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return ValueTask.CompletedTask;
    }

    public override ValueTask<int> CountKeptAsync() => ValueTask.FromResult(_provider.EntryCount);
}

public sealed class InMemoryExclusion : ExclusionContract<InMemoryHarness>;

public sealed class InMemoryOrdering : OrderingContract<InMemoryHarness>;

public sealed class InMemoryReadersWriters : ReadersWritersContract<InMemoryHarness>;

public sealed class InMemoryTimeouts : TimeoutContract<InMemoryHarness>;

public sealed class InMemoryCancellation : CancellationContract<InMemoryHarness>;

public sealed class InMemoryRelease : ReleaseContract<InMemoryHarness>;

public sealed class InMemoryLifetimes : LifetimeContract<InMemoryHarness>;

public sealed class InMemoryKeys : KeysContract<InMemoryHarness>;

public sealed class InMemoryFencing : FencingContract<InMemoryHarness>;

public sealed class InMemoryLeases : LeaseContract<InMemoryHarness>;

public sealed class InMemorySeveralLocks : SeveralLocksContract<InMemoryHarness>;

public sealed class InMemoryKeyedRuns : KeyedRunsContract<InMemoryHarness>;

public sealed class InMemoryInspection : InspectionContract<InMemoryHarness>;

public sealed class InMemorySemaphores : SemaphoreContract<InMemoryHarness>;

public sealed class ContractIsComplete
{
    [Test]
    public void Every_provider_and_store_of_these_tests_runs_every_suite()
    {
        Assert.That(ContractCompleteness.Suites, Has.Count.EqualTo(14));
        Assert.That(ContractCompleteness.StoreSuites, Has.Count.EqualTo(10));
        Assert.That(ContractCompleteness.MissingIn(typeof(InMemoryHarness).Assembly), Is.Empty);
    }
}
