namespace GoGoScope.Tool.Tests;

/// <summary>The clock of a machine that sleeps now and then: timestamps go on meanwhile, and timers don't.</summary>
internal sealed class SleepingClock(ManualTimeProvider time) : TimeProvider
{
    internal TimeSpan Slept { get; set; }

    public override long TimestampFrequency => time.TimestampFrequency;

    public override long GetTimestamp() => time.GetTimestamp() + (long)(Slept.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
