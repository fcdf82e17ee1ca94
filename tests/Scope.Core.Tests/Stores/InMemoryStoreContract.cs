using GoGoScope.Testing;

namespace GoGoScope.Tests.Stores;

/// <summary>The in-memory store under the contract, by a clock that the test moves.</summary>
public sealed class InMemoryStoreHarness : LockStoreHarness
{
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryLockStore _store;

    public InMemoryStoreHarness() => _store = new InMemoryLockStore(_time);

    public override ILockStore Store => _store;

    public override ILockStore AnotherProcess => _store;

    public override TimeProvider Time => _time;

    public override Task OpenAsync(bool ownServer) => Task.CompletedTask;

    public override string? WhyNot(StoreCapability capability) => capability switch
    {
        StoreCapability.Restart => "it is not more than a table in this process",
        _ => null,
    };

    public override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }

    public override Task PlantAsync(string key, long version, long fence, string body)
    {
        _store.Plant(key, version, fence, body, long.MaxValue);
        return Task.CompletedTask;
    }

    public override Task CutWatchingAsync()
    {
        _store.BreakWatching();
        return Task.CompletedTask;
    }
}

public sealed class InMemoryStoreSwaps : StoreSwapContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreRaces : StoreRaceContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreFences : StoreFenceContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreClock : StoreClockContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreMany : StoreManyContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreNames : StoreNamesContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreWatching : StoreWatchContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreCancellation : StoreCancellationContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreRestart : StoreRestartContract<InMemoryStoreHarness>;

public sealed class InMemoryStoreListing : StoreListingContract<InMemoryStoreHarness>;

/// <summary>What the in-memory store alone can show.</summary>
public sealed class InMemoryStoreTests
{
    private readonly ManualTimeProvider _time = new();

    [Test]
    public async Task What_is_not_needed_any_more_is_forgotten()
    {
        var store = new InMemoryLockStore(_time);
        var now = (await store.ReadAsync("k", default)).Now;
        var taking = new LockSwap { Key = "k", Expected = 0, Version = 1, Body = "taken", Draw = 1, NotAfter = long.MaxValue, KeepUntil = now + 1_000 };
        await store.SwapAsync(taking, default);
        Assert.That(store.Count, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMicroseconds(999));
        Assert.That(store.Count, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.That((await store.ReadAsync("k", default)).Version, Is.Zero);
        Assert.That(store.Count, Is.Zero);
    }

    [Test]
    public async Task A_free_record_is_kept_until_the_clock_has_come_to_its_fence()
    {
        var store = new InMemoryLockStore(_time);
        await store.SwapAsync(new LockSwap { Key = "k", Expected = 0, Version = 1, Body = "taken", Draw = 3, NotAfter = long.MaxValue, KeepUntil = long.MaxValue }, default);
        await store.SwapAsync(new LockSwap { Key = "k", Expected = 1, Version = 2, Body = "", NotAfter = long.MaxValue, KeepUntil = 0 }, default);
        _time.Advance(TimeSpan.FromMicroseconds(2));
        Assert.That(store.Count, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMicroseconds(1));
        Assert.That(store.Count, Is.Zero);
    }
}
