using System.Globalization;

namespace GoGoScope.Tests.Timing;

/// <summary>Timestamps that count the time for which the machine slept.</summary>
public sealed class BootTimeTests
{
    [Test, Platform("Linux")]
    public void On_Linux_it_shows_what_the_kernel_says_of_the_time_since_it_started()
    {
        // Its first number counts sleep.
        var uptime = File.ReadAllText("/proc/uptime").Split(' ')[0];
        var before = TimeSpan.FromSeconds(double.Parse(uptime, CultureInfo.InvariantCulture));
        Assert.That(BootTime.Provider, Is.TypeOf<BootTime>());
        var since = BootTime.Provider.GetElapsedTime(0);
        Assert.That(since, Is.GreaterThanOrEqualTo(before - TimeSpan.FromMilliseconds(10)).And.LessThan(before + TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task It_makes_timers_and_goes_on()
    {
        var time = BootTime.Provider;
        var start = time.GetTimestamp();
        var delay = TimeSpan.FromMilliseconds(20);
        var delays = 0;
        do
        {
            await Task.Delay(delay, time);
            delays++;
        }
        while (time.GetElapsedTime(start) < delay);
        Assert.That(delays, Is.LessThanOrEqualTo(3), "a timer may be early by a tick of a coarse clock");
    }

    [Test]
    public void Leases_go_by_it_unless_they_were_given_another_clock()
    {
        var own = new FixedTime();
        Assert.That(new LeaseOptions().Validate().TimeProvider, Is.SameAs(BootTime.Provider));
        Assert.That(new LeaseOptions { TimeProvider = own }.Validate().TimeProvider, Is.SameAs(own));
    }

    private sealed class FixedTime : TimeProvider;
}
