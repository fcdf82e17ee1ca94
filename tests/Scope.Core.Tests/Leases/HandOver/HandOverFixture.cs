using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Two processes on one store, by a clock that the test moves; both have been in contact with the store.</summary>
public abstract class HandOverFixture
{
    protected const string Key = "key";

    private readonly List<LeasedLockProvider> _providers = [];

    internal ManualTimeProvider Time { get; private set; } = null!;

    internal CountedStore Store { get; private set; } = null!;

    private protected LeasedLockProvider Here { get; private set; } = null!;

    private protected LeasedLockProvider There { get; private set; } = null!;

    protected virtual LeaseOptions Options => new();

    /// <summary>The store's clock.</summary>
    private protected virtual TimeProvider StoreTime => Time;

    /// <summary>Whether the store has no news for anybody.</summary>
    private protected virtual bool TellsNobody => false;

    [SetUp]
    public async Task SetUp()
    {
        Time = new ManualTimeProvider();
        Store = new CountedStore(StoreTime) { TellsNobody = TellsNobody };
        (Here, There) = (await OpenAsync(), await OpenAsync());
    }

    [TearDown]
    public async Task TearDown()
    {
        (Store.Failure, Store.SwapFailure) = (null, null);
        var disposed = Task.WhenAll(_providers.Select(static provider => provider.DisposeAsync().AsTask()));
        try
        {
            await OverAsync(disposed);
        }
        finally
        {
            _providers.Clear();
        }
    }

    /// <summary>A process that has waited once, so that it knows the store's clock and can be woken.</summary>
    private protected async Task<LeasedLockProvider> OpenAsync(ILockStore? store = null, TimeProvider? time = null)
    {
        var provider = new LeasedLockProvider(store ?? Store, Options with { TimeProvider = time ?? Time, ClockDrift = 0 });
        _providers.Add(provider);
        await provider.GetReadyToWaitAsync();
        return provider;
    }

    private protected static Lock LockOf(ILockProvider provider, LockOptions? options = null) =>
        new(CancellationToken.None, (options ?? new LockOptions()) with { Provider = provider, Key = Key });

    private protected static Task<LockGuard> Take(ILockProvider provider, LockOptions? options = null, int priority = 0) =>
        LockOf(provider, options).AcquireAsync(new AcquireOptions { Priority = priority }).AsTask();

    private protected static Task<LockGuard> Read(ILockProvider provider) => LockOf(provider).AcquireReadAsync().AsTask();

    /// <summary>A request that stands in the queue of its process, and its process, if it has to, in that of the store.</summary>
    private protected async Task<Task<LockGuard>> QueueAsync(LeasedLockProvider provider, LockOptions? options = null, int priority = 0, bool reads = false)
    {
        var waiting = reads ? Read(provider) : Take(provider, options, priority);
        await QuietAsync();
        Assert.That(waiting.IsCompleted, Is.False, "it does not have to wait");
        return waiting;
    }

    /// <summary>Returns when no process has anything under way.</summary>
    private protected Task QuietAsync() => Waiting.Until(Quiet.Of(_providers), "no process has anything under way");

    private protected async Task PassAsync(TimeSpan time)
    {
        await QuietAsync();
        Time.Advance(time);
        await QuietAsync();
    }

    /// <summary>Lets time pass until a task is over.</summary>
    private protected async Task OverAsync(Task task)
    {
        await Waiting.Until(async () =>
        {
            await PassAsync(TimeSpan.FromSeconds(1));
            return task.IsCompleted;
        }, "it is over");
        await task;
    }

    private protected async Task ReleaseAsync(LockGuard guard)
    {
        await guard.DisposeAsync();
        await QuietAsync();
    }
}
