using GoGoScope.Testing;

namespace GoGoScope.Tests.Scopes;

/// <summary>What the tests of scopes wait with.</summary>
internal static class TestTools
{
    internal static readonly TimeSpan Hang = Waiting.HangLimit;

    /// <summary>Waits, but not for ever.</summary>
    internal static Task Soon(this Task task) => task.WaitAsync(Hang);

    /// <inheritdoc cref="Soon(Task)"/>
    internal static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Hang);

    /// <inheritdoc cref="Soon(Task)"/>
    internal static Task Soon(this ValueTask task) => task.AsTask().WaitAsync(Hang);

    /// <summary>What the task throws; null if it succeeds.</summary>
    internal static async Task<Exception?> Error(this Task task)
    {
        try
        {
            await task.Soon();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    /// <inheritdoc cref="Error(Task)"/>
    internal static Task<Exception?> Error(this ValueTask task) => task.AsTask().Error();

    /// <summary>Whether nothing keeps the target; stacks that have held it need a moment to unwind.</summary>
    internal static async Task<bool> IsCollected(this WeakReference reference)
    {
        for (var round = 0; round < 100 && reference.IsAlive; round++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return !reference.IsAlive;
    }

    /// <summary>A signal whose waiters go on elsewhere.</summary>
    internal static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends only by cancellation.</summary>
    internal static Task Forever(CancellationToken token) => Task.Delay(Timeout.Infinite, token);

    /// <summary>Fires the signal, then <see cref="Forever"/>.</summary>
    internal static async Task Forever(TaskCompletionSource started, CancellationToken token)
    {
        started.SetResult();
        await Forever(token);
    }
}

/// <summary>A failure that nothing else throws.</summary>
internal sealed class Boom(string message = "boom") : Exception(message);
