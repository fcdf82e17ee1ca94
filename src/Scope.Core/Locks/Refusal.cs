using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>A request that is answered with an error at once.</summary>
internal static class Refusal
{
    /// <summary>
    /// What an <c>async</c> method that throws <paramref name="error"/> would return: a cancelled task, with its message,
    /// for a cancellation, and a faulted one for everything else.
    /// </summary>
    internal static ValueTask<T> Because<T>(Exception error)
    {
        var builder = AsyncValueTaskMethodBuilder<T>.Create();
        builder.SetException(error);
        return builder.Task;
    }
}
