using System.Reflection;
using System.Runtime.ExceptionServices;

namespace GoGoScope.Testing;

/// <summary>What every suite of the contract has: a fresh harness, a key of its own, and a look at the end at what was left behind.</summary>
/// <typeparam name="THarness">The provider under test.</typeparam>
public abstract class LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private CancellationTokenSource _lifetime = null!;

    /// <summary>The provider under test.</summary>
    protected THarness Harness { get; private set; } = null!;

    /// <summary>A key of this test alone.</summary>
    protected string Key { get; private set; } = "";

    /// <summary>Whether time goes by whatever the test does: there is no <see cref="LockCapability.ControlledClock"/>.</summary>
    private protected bool HasRealClock => Harness.WhyNot(LockCapability.ControlledClock) is not null;

    /// <summary>The lifetime of the locks of this test.</summary>
    protected CancellationToken Lifetime => _lifetime.Token;

    /// <summary>Makes the harness.</summary>
    [SetUp]
    public void MakeHarness()
    {
        try
        {
            Harness = new THarness();
        }
        catch (TargetInvocationException e) when (e.InnerException is { } itself)
        {
            // Such as that there is no server, for which the test is skipped.
            ExceptionDispatchInfo.Throw(itself);
        }
        Key = Harness.NewKey();
        _lifetime = new CancellationTokenSource();
    }

    /// <summary>Every test releases what it took, so that nothing may be left.</summary>
    [TearDown]
    public async Task NothingIsLeft()
    {
        try
        {
            if (TestContext.CurrentContext.Result.Outcome.Status != NUnit.Framework.Interfaces.TestStatus.Passed) return;
            await Waiting.Until(() => Harness.Provider.Snapshot().Count == 0, "nobody holds and nobody waits after the test");
            // By a real clock it takes some time each time, so only those tests look that are about it.
            if (!HasRealClock && Harness.WhyNot(LockCapability.CountsWhatIsKept) is null) await NothingIsKeptAsync();
        }
        finally
        {
            _lifetime?.Dispose();
            if (Harness is not null) await Harness.DisposeAsync();
        }
    }

    /// <summary>Skips the test, with the reason, where the provider lacks <paramref name="capability"/>.</summary>
    protected void Needs(LockCapability capability)
    {
        if (Harness.WhyNot(capability) is { } reason) Assert.Ignore($"{Harness.Provider.Name}: {reason}");
    }

    /// <summary>A lock of <see cref="Key"/>, or of another one.</summary>
    protected Lock NewLock(string? key = null, LockOptions? options = null, ILockProvider? provider = null, CancellationToken? lifetime = null) =>
        new(lifetime ?? Lifetime, (options ?? new LockOptions()) with
        {
            Key = key ?? Key,
            Provider = provider ?? Harness.Provider,
            TimeProvider = Harness.Time,
        });

    /// <summary>
    /// Starts to acquire and returns when the request stands in the queue. If it <paramref name="mayBeGranted"/> it may also be over:
    /// by a real clock, what it waits for may have ended already.
    /// </summary>
    protected async Task<Task<LockGuard>> Queue(
        Lock @lock, LockMode mode = LockMode.Exclusive, AcquireOptions? options = null, ILockProvider? provider = null, bool mayBeGranted = false,
        CancellationToken cancellationToken = default)
    {
        provider ??= Harness.Provider;
        var before = Waiters(@lock.Key!, provider).Count;
        var waiting = @lock.Acquire(mode, options, cancellationToken).AsTask();
        await Waiting.Until(() => waiting.IsCompleted || Waiters(@lock.Key!, provider).Count > before, "the request stands in the queue");
        if (waiting.IsCompleted && !(mayBeGranted && HasRealClock)) Assert.Fail($"A request ({mode}) did not have to wait: {waiting.Status} {waiting.Exception?.InnerException?.Message}");
        return waiting;
    }

    /// <summary>Starts to wait in the way of <paramref name="request"/>, and returns when it stands in the queue.</summary>
    protected async Task<Task<LockGuard?>> Queue(Lock @lock, RequestForm request, AcquireOptions options, CancellationToken cancellationToken = default)
    {
        var before = Waiters(@lock.Key!).Count;
        var waiting = request.Start(@lock, options, cancellationToken);
        await Waiting.Until(() => waiting.IsCompleted || Waiters(@lock.Key!).Count > before, "the request stands in the queue");
        return waiting;
    }

    /// <summary>
    /// Starts to wait for a moment, and returns when the request stands in the queue of <paramref name="key"/>. By a real clock it may be over by then;
    /// if that was all the time that the store took to answer, another one is started.
    /// </summary>
    private protected async Task<Task<T>> QueueForAMoment<T>(Func<Task<T>> start, string key)
    {
        while (true)
        {
            var waiting = start();
            await Waiting.Until(() => (HasRealClock && waiting.IsCompleted) || Waiters(key).Count == 1, "the request stands in the queue");
            if (!HasRealClock || waiting.Exception?.InnerException is not LockProviderException) return waiting;
        }
    }

    /// <summary>Lets the lease of the key's only holder, which is of <paramref name="timeToLive"/>, be renewed until it has outlived that.</summary>
    private protected async Task OutliveAsync(TimeSpan timeToLive)
    {
        var end = HasRealClock ? (await InspectAsync()).Holders.Single().ExpiresAt : null;
        if (end is not null) await Waiting.Until(async () => await InspectAsync() is { Holders: [var holder] } seen && seen.At > end && holder.ExpiresAt > end, "it was renewed, and is held for longer");
        else for (var passed = TimeSpan.Zero; passed < timeToLive * 1.5; passed += timeToLive / 4) await Harness.PassAsync(timeToLive / 4);

        Task<LockInspection> InspectAsync() => Harness.Provider.InspectAsync(Key).Soon();
    }

    /// <summary>Nothing is known any more of the keys of this test.</summary>
    private protected async Task NothingIsKeptAsync()
    {
        if (HasRealClock) await Waiting.Until(async () => await Harness.CountKeptAsync() == 0, "no key is kept");
        else Assert.That(await Harness.CountKeptAsync(), Is.Zero, "keys that are kept");
    }

    /// <summary>Who waits for <paramref name="key"/>, the next one first.</summary>
    protected IReadOnlyList<LockWaiter> Waiters(string? key = null, ILockProvider? provider = null) => Look(key, provider)?.Waiters ?? [];

    /// <summary>Who holds <paramref name="key"/>.</summary>
    protected IReadOnlyList<LockHolder> Holders(string? key = null, ILockProvider? provider = null) => Look(key, provider)?.Holders ?? [];

    private LockSnapshot? Look(string? key, ILockProvider? provider) =>
        (provider ?? Harness.Provider).Snapshot().SingleOrDefault(entry => entry.Key == (key ?? Key));
}
