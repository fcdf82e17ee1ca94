using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>A wait that ends before the call that started it has returned: its thread may have lost its time slice.</summary>
public sealed class EarlyOutcomeTests
{
    [Test]
    public async Task A_try_that_times_out_at_once_answers_null([Values] bool keyed)
    {
        var @lock = New(keyed);
        await using var holder = await @lock.AcquireAsync();
        for (var i = 0; i < 50; i++)
        {
            Assert.That(await @lock.TryAcquireAsync(TimeSpan.FromTicks(1)).Soon(), Is.Null);
            Assert.That(await @lock.TryAcquireReadAsync(TimeSpan.FromTicks(1)).Soon(), Is.Null);
        }
    }

    [Test]
    public async Task An_acquire_that_times_out_at_once_throws([Values] bool keyed)
    {
        var @lock = New(keyed);
        await using var holder = await @lock.AcquireAsync();
        for (var i = 0; i < 20; i++)
            await Assert.ThatAsync(async () => await @lock.AcquireAsync(TimeSpan.FromTicks(1)).Soon(), Throws.TypeOf<LockTimeoutException>());
    }

    private static Lock New(bool keyed) => new(CancellationToken.None, new LockOptions
    {
        Key = keyed ? "early" : null,
        Provider = keyed ? new InMemoryLockProvider() : null,
        TimeProvider = new ImmediateTimeProvider(),
    });
}
