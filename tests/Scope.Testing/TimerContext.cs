namespace GoGoScope.Testing;

/// <summary>The execution context in which a timer fires: that of whoever made it, as with the system's timers.</summary>
internal static class TimerContext
{
    private static readonly ExecutionContext Empty = CaptureEmpty();

    /// <summary>The context of the caller; an empty one where its flow is suppressed.</summary>
    internal static ExecutionContext Capture() => ExecutionContext.Capture() ?? Empty;

    private static ExecutionContext CaptureEmpty()
    {
        ExecutionContext? context = null;
        var thread = new Thread(() => context = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return context!;
    }
}
