using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases;

/// <summary>Whom others see as the owner of a lock that says nothing of one.</summary>
[TestFixture]
[Parallelizable(ParallelScope.All)]
public sealed class OwnerTests
{
    private static readonly string Process = $"{Environment.MachineName}/{Environment.ProcessId}";

    [Test]
    public async Task Over_a_store_the_name_of_a_scope_stands_after_machine_and_process([Values(null, "import")] string? name)
    {
        await using var provider = new LeasedLockProvider(new InMemoryLockStore());
        await using var scope = Scope.Create(new ScopeOptions { Name = name, LockProvider = provider });
        await using var guard = await scope.AcquireLockAsync("k");

        var seen = (await provider.InspectAsync("k")).Holders.Single().Owner;
        Assert.That((guard.Owner, seen), Is.EqualTo(name is null ? (Process, Process) : ($"{Process} {name}", $"{Process} {name}")));
    }

    [Test]
    public async Task In_memory_it_stands_alone([Values(null, "import")] string? name)
    {
        await using var scope = Scope.Create(new ScopeOptions { Name = name, LockProvider = new InMemoryLockProvider() });
        await using var guard = await scope.AcquireLockAsync("k");
        var waiting = scope.AcquireLockAsync("k", scope.Token);

        var snapshot = scope.LockProvider.Snapshot().Single();
        Assert.That((guard.Owner, snapshot.Holders.Single().Owner, snapshot.Waiters.Single().Owner), Is.EqualTo((name ?? Process, name ?? Process, name ?? Process)));
        scope.Cancel();
        await Assert.ThatAsync(() => waiting.AsTask().Soon(), Throws.InstanceOf<OperationCanceledException>());
    }
}
