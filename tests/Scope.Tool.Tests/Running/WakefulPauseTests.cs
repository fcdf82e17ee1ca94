namespace GoGoScope.Tool.Tests;

/// <summary>A pause over which the machine may sleep.</summary>
[TestFixture]
public sealed class WakefulPauseTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    [Test]
    public async Task What_the_machine_has_slept_counts()
    {
        var time = new ManualTimeProvider();
        var clock = new SleepingClock(time);
        var pausing = WakefulPause.WaitAsync(clock, Pause, CancellationToken.None);
        clock.Slept = Pause;
        Assert.That(pausing.IsCompleted, Is.False);
        time.Advance(BootTime.LongestTimer);
        await pausing.Soon();
    }

    [Test]
    public async Task It_is_as_long_as_it_is()
    {
        var time = new ManualTimeProvider();
        var pausing = WakefulPause.WaitAsync(time, Pause, CancellationToken.None);
        for (var left = Pause; left > TimeSpan.Zero; left -= BootTime.LongestTimer)
        {
            Assert.That(pausing.IsCompleted, Is.False);
            await Waiting.Until(() => time.ActiveTimers == 1, "it goes on");
            time.Advance(BootTime.LongestTimer);
        }
        await pausing.Soon();
    }

    [Test]
    public async Task It_ends_when_it_is_cancelled()
    {
        using var end = new CancellationTokenSource();
        var pausing = WakefulPause.WaitAsync(new ManualTimeProvider(), Pause, end.Token);
        await end.CancelAsync();
        await pausing.Soon();
    }
}
