using GoGoScope.Testing;
using static GoGoScope.Tests.Scopes.TestTools;

namespace GoGoScope.Tests.Scopes;

[TestFixture]
public sealed class DumpTests
{
    [Test]
    public async Task Shows_what_there_is()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var s = Scope.Create(new ScopeOptions { Name = "orders", Timeout = TimeSpan.FromMinutes(1), TimeProvider = time, LockProvider = new Queues(), MaxConcurrency = 2, FailurePolicy = FailurePolicy.Supervise });
        s.TryOwn(new FakeGuard("stock:1", []));
        s.Defer(_ => Task.CompletedTask);
        for (var i = 0; i < 3; i++) s.Run(Forever);
        var child = s.CreateChild(new ScopeOptions { Name = "batch" });
        child.Cancel("too many");

        Assert.That(s.Dump().Split(Environment.NewLine), Is.EqualTo(
        [
            "Scope \"orders\": open, deadline 2026-01-01 00:01:00.000Z",
            "  running: 2 (#1, #2)",
            "  pending: 1 (#3)",
            "  owns: deferred action",
            "  owns: guard stock:1",
            "  waits: Lock \"stock:7\", Read, worker-2, place 2 of 2, held by worker-1",
            "  Scope \"batch\": open, cancelled (Requested: too many), deadline 2026-01-01 00:01:00.000Z",
            "",
        ]));

        await s.DisposeAsync();
        Assert.That(s.Dump(), Does.StartWith("Scope \"orders\": closed, cancelled (Disposed"));
    }

    [Test]
    public async Task Is_json_for_programs()
    {
        var time = new ManualTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var s = Scope.Create(new ScopeOptions { Name = "orders \"ä\"", Timeout = TimeSpan.FromMinutes(1), TimeProvider = time, LockProvider = new InMemoryLockProvider(), MaxConcurrency = 1, FailurePolicy = FailurePolicy.Supervise });
        s.Defer(_ => Task.CompletedTask);
        await using var guard = await s.AcquireLockAsync("stock:7");
        await using var permits = await s.CreateSemaphore(5).AcquireAsync(2);
        for (var i = 0; i < 2; i++) s.Run(Forever);
        var waiting = s.AcquireReadLockAsync("stock:7").AsTask();
        s.CallbackFailed(new Boom("went wrong"));
        s.CreateChild().Cancel("too many");

        var (owner, deadline) = ("orders \\\"ä\\\"", "2026-01-01T00:01:00+00:00");
        Assert.That(s.DumpJson(), Is.EqualTo(
            $$"""
            {"name":"{{owner}}","state":"open","deadline":"{{deadline}}","running":{"count":1,"oldest":[1]},"pending":{"count":1,"oldest":[2]},"failures":[{"type":"Boom","message":"went wrong"}],"owns":["A semaphore of 5 permits","deferred action"],"holds":[{"lock":"Lock \"stock:7\"","key":"stock:7","mode":"exclusive","owner":"{{owner}}","fencingToken":{{guard.FencingToken}}},{"lock":"A semaphore of 5 permits","mode":"permits","weight":2,"owner":"{{owner}}","fencingToken":{{permits.GrantId}}}],"waits":[{"lock":"Lock \"stock:7\"","key":"stock:7","mode":"read","owner":"{{owner}}","priority":0,"place":1,"waiting":1,"heldBy":["{{owner}}"]}],"warnings":[],"scopes":[{"state":"open","cancelled":{"cause":"requested","message":"too many"},"deadline":"{{deadline}}","running":{"count":0,"oldest":[]},"pending":{"count":0,"oldest":[]},"failures":[],"owns":[],"holds":[],"waits":[],"warnings":[],"scopes":[]}]}
            """));
        s.Cancel();
        await waiting.Error();
        await Assert.ThatAsync(async () => await s.DisposeAsync(), Throws.TypeOf<Boom>());
    }

    [Test]
    public async Task What_has_no_words_is_shown_by_its_type()
    {
        await using var s = Scope.Create();
        s.Own(new Wordless());
        s.Own((IDisposable)new Wordless());
        Assert.That(s.Dump(), Does.Contain($"  owns: Wordless{Environment.NewLine}  owns: Wordless{Environment.NewLine}"));
    }

    private sealed class Wordless : IAsyncDisposable, IDisposable
    {
        public override string ToString() => throw new ObjectDisposedException(nameof(Wordless));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public void Dispose() { }
    }

    [Test]
    public async Task Shows_failures()
    {
        await using var s = Scope.Create();
        s.Run(_ => throw new Boom("went wrong"));
        Assert.That(await s.JoinAsync().Error(), Is.TypeOf<Boom>());
        Assert.That(s.Dump(), Does.Contain("Scope: open, cancelled (Failure").And.Contain("failed: Boom: went wrong"));
    }

    [Test]
    public async Task Names_the_oldest_of_many_children()
    {
        await using var s = Scope.Create();
        for (var i = 0; i < 50; i++) s.Run(Forever);
        Assert.That(s.Dump(), Does.Contain("running: 50 (#1, #2, ").And.Contain("#16, …)"));
    }

    private sealed class Queues : ILockProvider
    {
        public string Name => "test";

        public bool IsDistributed => false;

        public ValueTask<LockGuard> AcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<LockGuard?> TryAcquireAsync(in LockRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<LockSnapshot> Snapshot() =>
        [
            new("stock:7", [new("worker-1", LockMode.Exclusive, 5, "others")], [new("worker-3", LockMode.Exclusive, 1, 0, "others"), new("worker-2", LockMode.Read, 0, 0, "orders")]),
        ];
    }
}
