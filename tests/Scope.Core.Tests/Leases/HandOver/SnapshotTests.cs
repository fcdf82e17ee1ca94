using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Who waits is shown to wait, also while the store is being asked to have the next of them in its queue.</summary>
public sealed class SnapshotTests : HandOverFixture
{
    [Test]
    public async Task Those_who_wait_for_permits_are_counted_while_the_first_of_them_has_just_been_granted_its_own()
    {
        var way = new CountedStore(Time, Store);
        var process = await OpenAsync(way);
        await using var here = Scope.Create(new ScopeOptions { LockProvider = process, TimeProvider = Time });
        await using var there = Scope.Create(new ScopeOptions { LockProvider = There, TimeProvider = Time });
        var semaphore = here.CreateSemaphore(Key, 1);
        var theirs = await there.CreateSemaphore(Key, 1).AcquireAsync();
        var waiting = Enumerable.Range(0, 3).Select(_ => semaphore.AcquireAsync().AsTask()).ToList();
        await QuietAsync();
        Assert.That(semaphore.WaitingCount, Is.EqualTo(3));

        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        way.AnswersWaitFor = answers.Task;
        await theirs.DisposeAsync();
        var guard = await waiting[0].Soon();
        var count = semaphore.WaitingCount;
        way.AnswersWaitFor = null;
        answers.SetResult();
        Assert.That(count, Is.EqualTo(2));
        await guard.DisposeAsync();
        foreach (var next in waiting.Skip(1)) await (await next.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Whom_the_store_has_not_answered_is_not_said_to_wait()
    {
        var answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.AnswersWaitFor = answers.Task;
        var taking = Take(Here);
        Assert.That(Here.Snapshot(), Is.Empty);
        Store.AnswersWaitFor = null;
        answers.SetResult();
        await ReleaseAsync(await taking.Soon());
    }
}
