using System.Diagnostics;

namespace GoGoScope.Testing;

/// <summary>Waits that end: what should come comes, or the test fails instead of hanging.</summary>
internal static class Waiting
{
    /// <summary>
    /// Far longer than anything here takes, so that only a hang meets it. GOGOSCOPE_HANG_SECONDS=5 is for runs in which
    /// many tests are meant to hang.
    /// </summary>
    public static readonly TimeSpan HangLimit =
        TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_HANG_SECONDS"), out var given) ? given : 30);

    /// <summary>The task, or a <see cref="TimeoutException"/> if it hangs.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(HangLimit);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(HangLimit);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(HangLimit);

    /// <inheritdoc cref="Soon(Task)"/>
    public static Task<T> Soon<T>(this ValueTask<T> task) => task.AsTask().WaitAsync(HangLimit);

    /// <summary>Waits without giving its thread away for long, for races that are run many times.</summary>
    public static T Spin<T>(this Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var started = Stopwatch.GetTimestamp();
        for (var spin = new SpinWait(); !task.IsCompleted; spin.SpinOnce(sleep1Threshold: -1))
        {
            if (Stopwatch.GetElapsedTime(started) > HangLimit) throw new TimeoutException("It never completed.");
        }
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The result of what has to be complete by now, or an error if it isn't.</summary>
    public static T Now<T>(this ValueTask<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("It is not complete yet.");

    /// <inheritdoc cref="Now{T}(ValueTask{T})"/>
    public static void Now(this ValueTask task)
    {
        if (!task.IsCompleted) throw new InvalidOperationException("It is not complete yet.");
        task.GetAwaiter().GetResult();
    }

    /// <summary>Returns when <paramref name="time"/> has passed by <paramref name="clock"/>: timers may be early by as much as their own clock is coarse.</summary>
    public static async Task Pass(TimeSpan time, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var started = clock.GetTimestamp();
        for (var left = time; left > TimeSpan.Zero; left = time - clock.GetElapsedTime(started))
            await Task.Delay((int)Math.Ceiling(left.TotalMilliseconds));
    }

    /// <summary>Returns when <paramref name="condition"/> holds; fails with <paramref name="what"/> if it never does.</summary>
    public static Task Until(Func<bool> condition, string what)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return Until(() => Task.FromResult(condition()), what);
    }

    /// <inheritdoc cref="Until(Func{bool}, string)"/>
    public static Task Until(Func<Task<bool>> condition, string what) => Until(condition, () => what);

    /// <summary>The same; <paramref name="what"/> is asked for when it fails, and may say how far it has come.</summary>
    public static async Task Until(Func<Task<bool>> condition, Func<string> what)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(what);
        var started = Stopwatch.GetTimestamp();
        for (var look = 0; !await condition(); look++)
        {
            if (Stopwatch.GetElapsedTime(started) > HangLimit) throw new TimeoutException($"It never came to this: {what()}.");
            if (look < 100) await Task.Yield();
            else await Task.Delay(1);
        }
    }
}
