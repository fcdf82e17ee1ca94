namespace GoGoScope;

/// <summary>Calls delegates that give a <see cref="Task"/> and those that give a <see cref="ValueTask"/> in one way.</summary>
internal static class Work
{
    internal static ValueTask InvokeAsync<TArgument>(Delegate work, TArgument argument) =>
        work is Func<TArgument, Task> task ? new ValueTask(task(argument)) : ((Func<TArgument, ValueTask>)work)(argument);

    internal static ValueTask<T> InvokeAsync<TArgument, T>(Delegate work, TArgument argument) =>
        work is Func<TArgument, Task<T>> task ? new ValueTask<T>(task(argument)) : ((Func<TArgument, ValueTask<T>>)work)(argument);
}
