using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

[TestFixture]
public sealed class DumpTests
{
    [Test]
    public async Task Shows_who_holds_and_who_waits_for_what()
    {
        var provider = new InMemoryLockProvider();
        // Two scopes of one name: each dump shows its own.
        await using var first = Scope.Create(new ScopeOptions { Name = "worker", LockProvider = provider });
        await using var second = Scope.Create(new ScopeOptions { Name = "worker", LockProvider = provider });
        var stock = await first.AcquireLockAsync("stock:7");
        var mine = first.CreateLock(new LockOptions { Owner = "me" });
        var held = await mine.AcquireAsync();
        var waiting = second.AcquireReadLockAsync("stock:7").AsTask();

        Assert.That(first.Dump().Split(Environment.NewLine), Is.EqualTo(
        [
            "Scope \"worker\": open",
            "  owns: A lock without a key",
            $"  holds: Lock \"stock:7\", Exclusive, worker, token {stock.FencingToken}",
            $"  holds: A lock without a key, Exclusive, me, token {held.FencingToken}",
            "",
        ]));
        Assert.That(second.Dump().Split(Environment.NewLine), Is.EqualTo(
        [
            "Scope \"worker\": open",
            "  waits: Lock \"stock:7\", Read, worker, place 1 of 1, held by worker",
            "",
        ]));
        await stock.DisposeAsync();
        await (await waiting).DisposeAsync();
        await held.DisposeAsync();
        Assert.That(second.Dump(), Is.EqualTo("Scope \"worker\": open" + Environment.NewLine));
    }

    [Test]
    public async Task Shows_locks_and_semaphores_of_other_providers_than_the_scopes_and_each_once()
    {
        var (own, other) = (new InMemoryLockProvider(), new InMemoryLockProvider());
        await using var s = Scope.Create(new ScopeOptions { Name = "worker", LockProvider = own });
        await using var somebody = Scope.Create(new ScopeOptions { Name = "somebody", LockProvider = other });
        var stock = await somebody.AcquireLockAsync("stock:7");
        var mine = s.CreateLock("stock:7", new LockOptions { Provider = other });
        var calls = s.CreateSemaphore("calls", permits: 2, new SemaphoreOptions { Provider = other });
        var usual = s.CreateLock("usual", new LockOptions { Provider = own });
        await using var permit = await calls.AcquireAsync();
        await using var held = await usual.AcquireAsync();
        var waiting = mine.AcquireAsync().AsTask();

        Assert.That(s.Dump().Split(Environment.NewLine).Where(line => line.StartsWith("  holds:", StringComparison.Ordinal) || line.StartsWith("  waits:", StringComparison.Ordinal)), Is.EqualTo(
        [
            $"  holds: Lock \"usual\", Exclusive, worker, token {held.FencingToken}",
            $"  holds: Semaphore \"calls\" of 2 permits, 1 permit, worker, token {permit.GrantId}",
            "  waits: Lock \"stock:7\", Exclusive, worker, place 1 of 1, held by somebody",
        ]));
        await stock.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [Test]
    public async Task Shows_a_holder_that_waits_for_itself()
    {
        await using var s = Scope.Create(new ScopeOptions { LockProvider = new InMemoryLockProvider() });
        var guard = await s.AcquireLockAsync("stock:7");
        var again = s.AcquireLockAsync("stock:7").AsTask();
        Assert.That(s.Dump(), Does.Contain("holds: Lock \"stock:7\"").And.Contain("waits: Lock \"stock:7\""));
        await guard.DisposeAsync();
        await (await again).DisposeAsync();
    }
}
