using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

public sealed class HeldAtTheEndTests : HandOverFixture
{
    /// <summary>Asked at the end of the lease, and answered when it has just been moved.</summary>
    [Test]
    public async Task A_guard_whose_lease_is_extended_at_the_last_moment_is_held()
    {
        var time = new AheadOnce(Time);
        var process = await OpenAsync(time: time);
        var guard = await Take(process);
        Assert.DoesNotThrow(guard.ThrowIfLost);
        time.IsAhead = true;
        Assert.DoesNotThrow(guard.ThrowIfLost);
        Assert.That((time.IsAhead, guard.IsHeld), Is.EqualTo((false, true)));
        await ReleaseAsync(guard);
        Assert.Throws<ObjectDisposedException>(guard.ThrowIfLost);
    }

    /// <summary>A clock that shows once what the end of the lease is compared with, before it is moved.</summary>
    private sealed class AheadOnce(ManualTimeProvider inner) : TimeProvider
    {
        internal bool IsAhead { get; set; }

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => inner.GetUtcNow();

        public override long GetTimestamp()
        {
            if (!IsAhead) return inner.GetTimestamp();
            IsAhead = false;
            return inner.GetTimestamp() + TimeSpan.TicksPerHour;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
