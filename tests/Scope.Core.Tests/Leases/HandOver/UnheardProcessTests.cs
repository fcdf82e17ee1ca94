using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>A process that can swap, and can't listen: it can't wait, but all else works.</summary>
public sealed class UnheardProcessTests : HandOverFixture
{
    [Test]
    public async Task Its_release_does_not_wait_for_those_here_who_cannot_wait()
    {
        Store.WatchesWaitFor = Task.FromException(new IOException("may not listen"));
        var deaf = new LeasedLockProvider(Store, Options with { TimeProvider = Time, ClockDrift = 0 });
        var guard = await Take(deaf);
        var there = await QueueAsync(There);
        var here = Take(deaf);
        await QuietAsync();
        var released = guard.DisposeAsync().AsTask();
        var next = await there.Soon();
        await released.Soon();

        for (var i = 0; i < 20 && !here.IsCompleted; i++)
        {
            await Waiting.Until(() => deaf.IsQuiet, "it pauses");
            Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.That(async () => await here.Soon(), Throws.InstanceOf<LockProviderException>());
        await ReleaseAsync(next);
        await deaf.DisposeAsync();
    }
}
