using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Lingering ends in time, whatever came between.</summary>
public sealed class LingerEndTests : HandOverFixture
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    protected override LeaseOptions Options => base.Options with { Linger = Linger, LocalTurn = TimeSpan.FromMinutes(1) };

    [Test]
    public async Task It_ends_although_who_came_for_another_kind_has_gone_before_it_left()
    {
        var guard = await Take(Here);
        using var cancel = new CancellationTokenSource();
        var reading = LockOf(Here).AcquireReadAsync(cancel.Token).AsTask();
        await QuietAsync();

        Store.SwapFailure = new IOException("away");
        var released = guard.DisposeAsync().AsTask();
        await QuietAsync();
        await cancel.CancelAsync();
        await QuietAsync();
        Store.SwapFailure = null;
        await PassAsync(TimeSpan.FromSeconds(1));
        Assert.That(async () => await reading, Throws.InstanceOf<OperationCanceledException>());

        await PassAsync(Linger);
        Assert.That(Store.RecordOf(Key).IsFree, "nobody has it, and nobody sees to its end");
        await released.Soon();
    }
}
