using System.Diagnostics.Tracing;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Pools;

/// <summary>A pool ends with its scope, or before, and nothing that it has made is left.</summary>
public sealed class PoolLifetimeTests
{
    [Test]
    public async Task The_end_of_the_scope_destroys_everything_also_what_was_left_undisposed()
    {
        var factory = new Factory();
        var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(3) with { Min = 1 });
        await pool.FillAsync().Soon();
        var (kept, returned) = (await pool.AcquireAsync(), await pool.AcquireAsync());
        await returned.DisposeAsync();
        await scope.DisposeAsync().AsTask().Soon();

        Assert.That((factory.Alive, factory.Destroyed.Count), Is.EqualTo((0, 2)));
        Assert.That(kept.IsHeld, Is.False);
        Assert.That(() => kept.Resource, Throws.TypeOf<ObjectDisposedException>());
        await kept.DisposeAsync();
        Assert.That(factory.Destroyed, Has.Count.EqualTo(2));
        await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => scope.CreatePool(factory.CreateAsync, factory.Options(1)), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public async Task Children_use_it_to_their_end()
    {
        var factory = new Factory();
        var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(1));
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var wasAlive = false;
        scope.Run(async ct =>
        {
            await using var guard = await pool.AcquireAsync(ct);
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wasAlive = !guard.Resource.IsDead;
        });
        await started.Task.Soon();
        await scope.DisposeAsync().AsTask().Soon();
        Assert.That((wasAlive, factory.Alive), Is.EqualTo((true, 0)));
    }

    [Test]
    public async Task Cancelling_the_scope_ends_waits_and_creations_and_lets_nobody_in()
    {
        var factory = new Factory { Creating = (_, ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct) };
        await using var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(1));
        var creating = pool.AcquireAsync().AsTask();
        var waiting = pool.AcquireAsync().AsTask();
        var token = scope.Token;
        scope.Cancel("enough");
        foreach (var wait in new[] { creating, waiting })
            await Assert.ThatAsync(() => wait.Soon(), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(token));
        await Assert.ThatAsync(async () => await pool.TryAcquireAsync(), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_cancelled_scope_lets_nobody_in_at_once_nor_keeps_what_comes_back()
    {
        var factory = new Factory();
        await using var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(2));
        var (idle, lent) = (await pool.AcquireAsync(), await pool.AcquireAsync());
        await idle.DisposeAsync();
        scope.Cancel();
        await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.InstanceOf<OperationCanceledException>());
        await lent.DisposeAsync();
        Assert.That(factory.Destroyed.Select(item => item.Number), Is.EqualTo([2]));
    }

    [Test]
    public async Task What_is_made_when_the_scope_has_ended_is_destroyed_and_lent_to_nobody()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var factory = new Factory { Creating = (_, _) => gate.Task };
        var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(1));
        var waiting = pool.AcquireAsync().AsTask();
        await Waiting.Until(() => factory.Made == 1, "it is being made");
        var ending = scope.DisposeAsync().AsTask();
        await Assert.ThatAsync(() => waiting.Soon(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(ending.IsCompleted, Is.False, "what is under way is waited for");
        gate.SetResult();
        await ending.Soon();
        Assert.That((factory.Made, factory.Alive), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Disposed_it_fails_who_waits_and_who_asks_and_waits_for_what_is_lent()
    {
        var factory = new Factory();
        await using var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(2) with { Name = "db" });
        var (idle, lent) = (await pool.AcquireAsync(), await pool.AcquireAsync());
        await idle.DisposeAsync();
        var other = await pool.AcquireAsync();
        var waiting = pool.AcquireAsync().AsTask();
        var disposing = pool.DisposeAsync().AsTask();
        var again = pool.DisposeAsync().AsTask();

        var error = (await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Soon()))!;
        Assert.That(error.Message, Does.StartWith("Pool \"db\" of at most 2 was disposed."));
        await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.TypeOf<ObjectDisposedException>());
        await other.DisposeAsync();
        Assert.That(factory.Destroyed, Has.Count.EqualTo(1), "what comes back is destroyed");
        Assert.That((disposing.IsCompleted, lent.IsHeld, lent.Resource.IsDead), Is.EqualTo((false, true, false)));
        await lent.DisposeAsync();
        await Task.WhenAll(disposing, again).Soon();
        Assert.That(factory.Alive, Is.Zero);
        Assert.That(scope.Dump(), Does.Not.Contain("db"), "nothing of it is left in the scope");
    }

    [Test]
    public async Task A_destruction_that_fails_is_an_event_is_counted_and_thrown_by_the_end()
    {
        var failures = new[] { new FormatException("first"), new FormatException("second") };
        var factory = new Factory();
        factory.Destroying = item => throw failures[item.Number - 1];
        using var listener = new Reports();
        var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(2));
        var (first, second) = (await pool.AcquireAsync(), await pool.AcquireAsync());
        await first.DiscardAsync();
        Assert.That((pool.Statistics.DestroyFailures, pool.Statistics.Total), Is.EqualTo((1, 1)));
        await using (await pool.TryAcquireAsync() ?? default) Assert.That(factory.Made, Is.EqualTo(3), "its turn was passed on");
        factory.Destroying = item => item.Number == 2 ? throw failures[1] : Task.CompletedTask;
        await second.DisposeAsync();

        var error = (await Assert.ThrowsAsync<FormatException>(() => scope.DisposeAsync().AsTask().Soon()))!;
        Assert.That(error, Is.SameAs(failures[0]));
        Assert.That(error.GetSuppressed(), Is.EqualTo(new[] { failures[1] }));
        Assert.That(factory.Alive, Is.Zero);
        Assert.That(listener.All, Has.Some.Contains("destroy").And.Some.Contains("first"));
    }

    [Test]
    public async Task Creations_that_nobody_waits_for_any_more_fail_with_an_event()
    {
        using var listener = new Reports();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var factory = new Factory { Creating = (_, _) => gate.Task };
        using var cancel = new CancellationTokenSource();
        await using var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(1) with { Name = "late" });
        var leaving = pool.AcquireAsync(cancel.Token).AsTask();
        await Waiting.Until(() => factory.Made == 1, "it is being made");
        await cancel.CancelAsync();
        await Assert.ThatAsync(() => leaving.Soon(), Throws.InstanceOf<OperationCanceledException>());
        gate.SetException(new FormatException("nobody there"));
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 } && listener.All.Any(report => report.Contains("nobody there", StringComparison.Ordinal)), "the failure is reported");
    }

    [Test]
    public async Task By_default_what_can_be_disposed_is()
    {
        var scope = Scope.Create();
        var plain = scope.CreatePool(_ => Task.FromResult(new object()), new PoolOptions<object> { Max = 1 });
        var sync = scope.CreatePool(_ => Task.FromResult(new MemoryStream()), new PoolOptions<MemoryStream> { Max = 1 });
        var child = Scope.Create();
        var asynchronous = scope.CreatePool(_ => new ValueTask<Scope>(child), new PoolOptions<Scope> { Max = 1 });
        await (await plain.AcquireAsync()).DisposeAsync();
        MemoryStream stream;
        await using (var guard = await sync.AcquireAsync()) stream = guard.Resource;
        await (await asynchronous.AcquireAsync()).DisposeAsync();
        Assert.That(stream.CanRead);
        await scope.DisposeAsync();
        Assert.That((stream.CanRead, child.Reason?.Cause), Is.EqualTo((false, CancellationCause.Disposed)));
    }

    [Test]
    public async Task The_dump_shows_what_it_has()
    {
        var factory = new Factory();
        await using var scope = Scope.Create();
        var pool = scope.CreatePool(factory.CreateAsync, factory.Options(2) with { Name = "db" });
        await using var guard = await pool.AcquireAsync();
        Assert.That(scope.Dump(), Does.Contain("owns: Pool \"db\" of at most 2: 0 idle, 1 in use, 0 busy, 0 waiting"));
        Assert.That(guard.ToString(), Is.EqualTo("Pool \"db\" of at most 2, lent"));
    }

    private sealed class Reports : EventListener
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _all = new();

        internal IEnumerable<string> All => _all;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "GoGoScope") EnableEvents(eventSource, EventLevel.Verbose);
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData) => _all?.Enqueue(string.Join(" | ", eventData.Payload ?? []));
    }
}
