namespace GoGoScope.Testing;

/// <summary>How much an uncontended lock says to its store, counted on the wire.</summary>
public abstract class CommandsContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    private const int Times = 20;

    [Test]
    public async Task Acquiring_and_releasing_a_free_lock_is_one_command_each([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        var proxy = OpenProxy();
        // A release that nobody has the patience to wait for is counted later.
        var provider = await OpenAsync(proxy, new LeaseOptions());
        var @lock = NewLock(provider);
        for (var i = 0; i < Times; i++)
        {
            var before = proxy.RoundTrips;
            var guard = await @lock.Acquire(mode).Soon();
            Assert.That(proxy.RoundTrips - before, Is.EqualTo(1), "acquire");
            await guard.DisposeAsync().Soon();
            Assert.That(proxy.RoundTrips - before, Is.EqualTo(2), "acquire and release");
        }
    }

    [Test]
    public async Task A_try_for_a_lock_that_is_held_elsewhere_is_one_refusal()
    {
        var proxy = OpenProxy();
        var (provider, other) = (await OpenAsync(proxy), await OpenAsync());
        await using var held = await NewLock(other).AcquireAsync().Soon();
        var @lock = NewLock(provider);
        for (var i = 0; i < Times; i++)
        {
            var before = proxy.RoundTrips;
            Assert.That(await @lock.TryAcquireAsync().Soon(), Is.Null);
            Assert.That(proxy.RoundTrips - before, Is.InRange(1, Harness.CommandsOfARefusal));
        }
    }
}
