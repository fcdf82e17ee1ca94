namespace GoGoScope.Tool;

/// <summary>A pause that is over in time though the machine has slept meanwhile, when timers stand still.</summary>
internal static class WakefulPause
{
    /// <summary>Returns when <paramref name="pause"/> has passed by <paramref name="time"/>, or <paramref name="end"/> is cancelled.</summary>
    internal static async Task WaitAsync(TimeProvider time, TimeSpan pause, CancellationToken end)
    {
        var started = time.GetTimestamp();
        while (!end.IsCancellationRequested && pause - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
            await Task.Delay(BootTime.TimerFor(left), time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
