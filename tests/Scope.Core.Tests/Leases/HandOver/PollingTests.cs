using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Who waits over a store that tells nobody anything: it looks soon, then less and less often, and when the holder's lease ends.</summary>
public sealed class PollingTests : HandOverFixture
{
    // If each is a quarter less.
    private const int LooksUntilTheLongest = 12;

    // Timers count whole ones, and round up.
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private static readonly LockOptions Long = new() { TimeToLive = TimeSpan.FromHours(1) };

    private protected override bool TellsNobody => true;

    [Test]
    public async Task The_pauses_double_from_5_to_250_ms_a_quarter_more_or_less()
    {
        var guard = await Take(There, Long);
        var waiting = await QueueAsync(Here, Long);
        var (least, most, pause) = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(5), TimeSpan.Zero);
        for (var look = 0; look < 2 * LooksUntilTheLongest; look++)
        {
            pause = await NextLookAsync();
            Assert.That(pause, Is.InRange(least * 0.75, most * 1.25 + Millisecond), $"look {look}");
            (least, most) = (Shorter((pause - Millisecond) * 2, Longest), Shorter(pause * 2, Longest));
        }
        Assert.That(pause, Is.GreaterThanOrEqualTo(Longest * 0.75));
        await ReleaseAsync(guard);
        await NextLookAsync();
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task The_pauses_differ_so_that_processes_do_not_look_at_the_same_moments()
    {
        await using var guard = await Take(There, Long);
        var waiting = await QueueAsync(Here, Long);
        for (var look = 0; look < LooksUntilTheLongest; look++) await NextLookAsync();
        var pauses = new List<TimeSpan>();
        for (var look = 0; look < 60; look++) pauses.Add(await NextLookAsync());
        Assert.That(pauses.Min(), Is.LessThan(Longest * 0.95));
        Assert.That(pauses.Max(), Is.GreaterThan(Longest * 1.05));
        await ReleaseAsync(guard);
        await NextLookAsync();
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task Something_that_has_changed_makes_it_look_soon_again()
    {
        var guard = await Take(There, Long with { AutoRenew = false });
        var waiting = await QueueAsync(Here, Long);
        for (var look = 0; look < LooksUntilTheLongest; look++) await NextLookAsync();
        Assert.That(await NextLookAsync(), Is.GreaterThanOrEqualTo(Longest * 0.75));

        await guard.RenewAsync(TimeSpan.FromHours(2));
        await NextLookAsync();
        Assert.That(await NextLookAsync(), Is.LessThanOrEqualTo(TimeSpan.FromMilliseconds(7)), "it has seen the change");
        await ReleaseAsync(guard);
        await NextLookAsync();
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task It_looks_when_the_holders_lease_ends()
    {
        for (var round = 1; round <= 3; round++)
        {
            var lease = TimeSpan.FromMilliseconds(1_500 + round * 100);
            var taken = Time.GetTimestamp();
            await Take(There, new LockOptions { TimeToLive = lease, AutoRenew = false });
            var waiting = await QueueAsync(Here, Long);
            while (Store.RecordOf(Key).Waiters.Length > 0) await StepAsync();
            Assert.That(Time.GetElapsedTime(taken), Is.InRange(lease, lease + 2 * Millisecond));
            await ReleaseAsync(await waiting.Soon());
        }
    }

    /// <summary>Goes on to the next look at the record. Returns how long it was until then.</summary>
    private async Task<TimeSpan> NextLookAsync()
    {
        var (begun, reads) = (Time.GetTimestamp(), Store.Reads);
        while (Store.Reads == reads) await StepAsync();
        return Time.GetElapsedTime(begun);
    }

    private Task StepAsync() => PassAsync(Time.UntilNextTimer ?? throw new InvalidOperationException("Nobody waits for anything."));

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
