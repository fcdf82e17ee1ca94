using System.Runtime.CompilerServices;

namespace GoGoScope;

// Starting children.
public sealed partial class Scope
{
    /// <summary>
    /// Starts a child on the thread pool. Its failure cancels the scope, or with <see cref="FailurePolicy.Supervise"/>
    /// waits for the scope's end; either way the scope throws it. Into a cancelled scope nothing is started.
    /// </summary>
    /// <param name="work">What it does; its token is <see cref="Token"/>.</param>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    [OverloadResolutionPriority(1)]
    public void Run(Func<CancellationToken, Task> work) => Admit(new VoidChild(this, Ensure.NotNull(work), completion: null));

    /// <inheritdoc cref="Run(Func{CancellationToken, Task})"/>
    public void Run(Func<CancellationToken, ValueTask> work) => Admit(new VoidChild(this, Ensure.NotNull(work), completion: null));

    /// <summary>
    /// As <see cref="Run(Func{CancellationToken, Task})"/>, and gives something to await. Started into a cancelled
    /// scope, the child never runs and its <see cref="ScopeTask"/> is cancelled.
    /// </summary>
    /// <param name="work">What it does; its token is <see cref="Token"/>.</param>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    [OverloadResolutionPriority(1)]
    public ScopeTask Start(Func<CancellationToken, Task> work) => StartVoid(Ensure.NotNull(work));

    /// <inheritdoc cref="Start(Func{CancellationToken, Task})"/>
    public ScopeTask Start(Func<CancellationToken, ValueTask> work) => StartVoid(Ensure.NotNull(work));

    /// <inheritdoc cref="Start(Func{CancellationToken, Task})"/>
    /// <typeparam name="T">The type of its result.</typeparam>
    [OverloadResolutionPriority(1)]
    public ScopeTask<T> Start<T>(Func<CancellationToken, Task<T>> work) => StartWithResult<T>(Ensure.NotNull(work));

    /// <inheritdoc cref="Start{T}(Func{CancellationToken, Task{T}})"/>
    public ScopeTask<T> Start<T>(Func<CancellationToken, ValueTask<T>> work) => StartWithResult<T>(Ensure.NotNull(work));

    private ScopeTask StartVoid(Delegate work)
    {
        var child = new VoidChild(this, work, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Admit(child);
        return new ScopeTask(child);
    }

    private ScopeTask<T> StartWithResult<T>(Delegate work, bool onlyCoordinates = false)
    {
        var child = new ResultChild<T>(this, work) { OnlyCoordinates = onlyCoordinates };
        Admit(child);
        return new ScopeTask<T>(child);
    }

    /// <summary>
    /// Does something as one child, which takes no slot and whose task can't tell whether it was awaited; it counts as observed.
    /// </summary>
    private Task<T> CoordinateAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return StartWithResult<T>(work, onlyCoordinates: true).AsTask();
        }
        catch (ObjectDisposedException closed)
        {
            return Task.FromException<T>(closed);
        }
    }
}
