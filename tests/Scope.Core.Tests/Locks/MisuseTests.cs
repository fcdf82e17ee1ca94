using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>Misuse gets a clear error at once: of the right type, with the value in its message.</summary>
public sealed class MisuseTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [TestCase("")]
    [TestCase(" ")]
    [TestCase(" \t\r\n")]
    public async Task Empty_and_white_space_keys_are_refused(string key)
    {
        await using var scope = Scope.Create();
        var shown = $"\"{key}\"";
        Assert.That(() => scope.CreateLock(key), Throws.TypeOf<ArgumentException>().With.Message.Contains(shown));
        Assert.That(() => new LockOptions { Key = key }, Throws.TypeOf<ArgumentException>().With.Message.Contains(shown));
        foreach (var call in HelpersOf(scope, key)) await Assert.ThatAsync(call, Throws.TypeOf<ArgumentException>().With.Message.Contains(shown));
    }

    [Test]
    public async Task A_null_key_is_refused()
    {
        await using var scope = Scope.Create();
        Assert.That(() => scope.CreateLock((string)null!), Throws.TypeOf<ArgumentNullException>().With.Message.Contains("key").IgnoreCase);
        foreach (var call in HelpersOf(scope, null!)) await Assert.ThatAsync(call, Throws.TypeOf<ArgumentNullException>().With.Message.Contains("key").IgnoreCase);
    }

    [Test]
    public async Task Null_options_are_refused()
    {
        Assert.That(() => new Lock(CancellationToken.None, null!), Throws.TypeOf<ArgumentNullException>());
        var @lock = Locks.New();
        AcquireOptions options = null!;
        await Assert.ThatAsync(async () => await @lock.AcquireAsync(options), Throws.TypeOf<ArgumentNullException>());
        await Assert.ThatAsync(async () => await @lock.TryAcquireReadAsync(options), Throws.TypeOf<ArgumentNullException>());
    }

    [Test]
    public async Task Null_delegates_are_refused()
    {
        var @lock = Locks.New();
        await Assert.ThatAsync(async () => await @lock.RunExclusiveAsync((Func<CancellationToken, Task>)null!), Throws.TypeOf<ArgumentNullException>());
        await Assert.ThatAsync(async () => await @lock.RunExclusiveAsync((Func<LockGuard, CancellationToken, ValueTask<int>>)null!), Throws.TypeOf<ArgumentNullException>());
        await Assert.ThatAsync(async () => await @lock.InvokeExclusiveAsync((Action)null!), Throws.TypeOf<ArgumentNullException>());
        await Assert.ThatAsync(async () => await @lock.InvokeExclusiveAsync((Func<int>)null!), Throws.TypeOf<ArgumentNullException>());
        await using var free = await @lock.TryAcquireAsync();
        Assert.That(free, Is.Not.Null);
    }

    [Test]
    public async Task Negative_timeouts_are_refused()
    {
        var negative = TimeSpan.FromMilliseconds(-250);
        var @lock = Locks.New();
        var refused = Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property(nameof(ArgumentOutOfRangeException.ActualValue)).EqualTo(negative)
            .And.Message.Contains("-00:00:00.25");
        Assert.That(() => new AcquireOptions { Timeout = negative }, refused);
        await Assert.ThatAsync(async () => await @lock.AcquireAsync(negative), refused);
        await Assert.ThatAsync(async () => await @lock.AcquireReadAsync(negative), refused);
        await Assert.ThatAsync(async () => await @lock.AcquireWriteAsync(negative), refused);
        await Assert.ThatAsync(async () => await @lock.TryAcquireAsync(negative), refused);
        await Assert.ThatAsync(async () => await @lock.TryAcquireReadAsync(negative), refused);
        await Assert.ThatAsync(async () => await @lock.TryAcquireWriteAsync(negative), refused);
        await using var infinite = await @lock.AcquireAsync(Timeout.InfiniteTimeSpan);
        Assert.That(infinite.IsHeld);
    }

    [TestCase(0)]
    [TestCase(-5)]
    public async Task Zero_and_negative_times_to_live_are_refused(int seconds)
    {
        var value = TimeSpan.FromSeconds(seconds);
        var refused = Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Property(nameof(ArgumentOutOfRangeException.ActualValue)).EqualTo(value)
            .And.Message.Contains(value.ToString());
        Assert.That(() => new LockOptions { TimeToLive = value }, refused);
        Assert.That(() => new LockOptions { MaxHold = value }, refused);
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        await Assert.ThatAsync(async () => await scope.AcquireLockAsync("key", value), refused);
        await Assert.ThatAsync(async () => await scope.AcquireReadLockAsync("key", value), refused);
        await Assert.ThatAsync(async () => await scope.AcquireWriteLockAsync("key", value, new AcquireOptions()), refused);
        await Assert.ThatAsync(async () => await scope.TryAcquireLockAsync("key", value), refused);
        await Assert.ThatAsync(async () => await scope.TryAcquireReadLockAsync("key", value), refused);
        await Assert.ThatAsync(async () => await scope.TryAcquireWriteLockAsync("key", value), refused);
        await using var guard = await scope.AcquireLockAsync("key");
        await Assert.ThatAsync(async () => await guard.RenewAsync(value), refused);
    }

    [Test]
    public void Combinations_that_mean_nothing_are_refused_when_the_lock_is_made()
    {
        Refuses(new LockOptions { AutoRenew = false }, nameof(LockOptions.TimeToLive));
        Refuses(new LockOptions { AutoRenew = false, TimeToLive = Second, MaxHold = Second }, nameof(LockOptions.MaxHold));
        Refuses(new LockOptions { TimeToLive = Second * 2, MaxHold = Second }, "00:00:01", "00:00:02");
        Refuses(new LockOptions { OnLost = LeaseLossAction.CancelScope, TimeToLive = Second }, nameof(LeaseLossAction.CancelScope), "scope");
        Assert.That(() => new LockOptions { OnLost = (LeaseLossAction)7 }, Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("7"));
        Assert.That(() => new LockOptions { Owner = " " }, Throws.TypeOf<ArgumentException>().With.Message.Contains("\" \""));
    }

    [Test]
    public async Task A_lock_without_a_key_is_refused_on_a_distributed_provider()
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = new DistributedProvider() });
        Assert.That(() => scope.CreateLock(), Throws.InvalidOperationException.With.Message.Contains("distributed-stub"));
        Assert.That(() => scope.CreateLock("key"), Throws.Nothing);
    }

    [Test]
    public async Task A_disposed_lock_is_refused_in_every_form()
    {
        var @lock = Locks.New();
        await @lock.DisposeAsync();
        var refused = Throws.TypeOf<ObjectDisposedException>();
        foreach (var form in Enum.GetValues<RequestForm>()) await Assert.ThatAsync(() => form.Start(@lock, new AcquireOptions()), refused);
        await Assert.ThatAsync(async () => await @lock.RunExclusiveAsync(_ => Task.CompletedTask), refused);
        await Assert.ThatAsync(async () => await @lock.InvokeExclusiveAsync(() => 1), refused);
        await @lock.DisposeAsync();
    }

    [Test]
    public async Task A_scope_that_has_ended_gives_no_locks()
    {
        var scope = Scope.Create();
        var @lock = scope.CreateLock();
        await scope.DisposeAsync();
        await Assert.ThatAsync(async () => await scope.AcquireLockAsync("late"), Throws.TypeOf<ObjectDisposedException>());
        await Assert.ThatAsync(async () => await @lock.AcquireAsync(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => scope.CreateLock(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(InMemoryLockProvider.Shared.Snapshot().Any(entry => entry.Key == "late"), Is.False);
    }

    private static void Refuses(LockOptions options, params string[] named)
    {
        var error = Assert.Throws<ArgumentException>(() => new Lock(CancellationToken.None, options))!;
        foreach (var name in named) Assert.That(error.Message, Does.Contain(name));
    }

    private static Func<Task>[] HelpersOf(Scope scope, string key) =>
    [
        async () => await scope.AcquireLockAsync(key),
        async () => await scope.AcquireLockAsync(key, Second),
        async () => await scope.AcquireLockAsync(key, new AcquireOptions()),
        async () => await scope.AcquireReadLockAsync(key),
        async () => await scope.AcquireWriteLockAsync(key, Second, new AcquireOptions()),
        async () => await scope.TryAcquireLockAsync(key),
        async () => await scope.TryAcquireReadLockAsync(key),
        async () => await scope.TryAcquireWriteLockAsync(key, Second),
    ];

    private sealed class DistributedProvider : ILockProvider
    {
        public string Name => "distributed-stub";

        public bool IsDistributed => true;

        public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<LockSnapshot> Snapshot() => [];
    }
}
