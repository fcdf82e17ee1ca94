using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GoGoScope;

// What is released at the end of the scope.
public sealed partial class Scope
{
    // Newest first; written under the gate.
    private Owned? _newestOwned;

    /// <summary>
    /// Makes the scope dispose <paramref name="resource"/> at its end, when all children have ended: things that are
    /// owned are disposed last in, first out, one at a time.
    /// </summary>
    /// <returns><paramref name="resource"/> itself.</returns>
    /// <exception cref="ObjectDisposedException">The scope has ended; <paramref name="resource"/> is disposed all the same.</exception>
    /// <example>
    /// <code>
    /// var connection = s.Own(await source.OpenConnectionAsync(s.Token));
    /// </code>
    /// </example>
    public T Own<T>(T resource) where T : IAsyncDisposable
    {
        ArgumentNullException.ThrowIfNull(resource);
        AddOwned(new OwnedAsyncDisposable(resource));
        return resource;
    }

    /// <summary>
    /// Makes the scope run <paramref name="action"/> at its end, when all children have ended, in turn with the things
    /// that it owns: last in, first out.
    /// </summary>
    /// <param name="action">
    /// What to do. Its token is not that of the scope, which is cancelled by then, and never fires: cleaning up is not
    /// cut short.
    /// </param>
    /// <exception cref="ObjectDisposedException">The scope has ended; <paramref name="action"/> is run all the same.</exception>
    [OverloadResolutionPriority(1)]
    public void Defer(Func<CancellationToken, Task> action) => AddOwned(new DeferredAction(Ensure.NotNull(action)));

    /// <inheritdoc cref="Defer(Func{CancellationToken, Task})"/>
    public void Defer(Func<CancellationToken, ValueTask> action) => AddOwned(new DeferredAction(Ensure.NotNull(action)));

    /// <summary>
    /// Adds to the owned list, as what <paramref name="stamp"/> says; false if the scope is closed. May run inside a
    /// lock's gate.
    /// </summary>
    internal bool TryOwn(Owned resource, long stamp = 0)
    {
        _gate.Enter();
        var open = _phase != Phase.Closed;
        if (open)
        {
            resource.OwningScope = this;
            resource.Stamp = stamp;
            resource.Previous = _newestOwned;
            if (_newestOwned is not null) _newestOwned.Next = resource;
            _newestOwned = resource;
        }
        _gate.Exit();
        return open;
    }

    /// <summary>Removes from the owned list, if it is there. May run inside a lock's gate.</summary>
    internal void Disown(Owned resource)
    {
        _gate.Enter();
        if (ReferenceEquals(resource.OwningScope, this)) RemoveHoldingGate(resource);
        _gate.Exit();
    }

    internal void AddOwned(Owned resource)
    {
        if (TryOwn(resource)) return;
        var error = Closed();
        _ = ReleaseRefusedAsync(resource);
        throw error;
    }

    /// <summary>Releases what came too late. Nobody waits for this, so its failure is an event.</summary>
    private async Task ReleaseRefusedAsync(Owned resource)
    {
        try
        {
            await resource.ReleaseAsync(resource.Stamp).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            GoGoScopeEventSource.Log?.CallbackFailed(this, error);
        }
    }

    private bool TryTakeNewestOwned([NotNullWhen(true)] out Owned? resource, out long stamp)
    {
        _gate.Enter();
        resource = _newestOwned;
        stamp = resource?.Stamp ?? 0;
        if (resource is not null) RemoveHoldingGate(resource);
        _gate.Exit();
        return resource is not null;
    }

    private void RemoveHoldingGate(Owned resource)
    {
        if (resource.Next is null) _newestOwned = resource.Previous;
        else resource.Next.Previous = resource.Previous;
        if (resource.Previous is not null) resource.Previous.Next = resource.Next;
        resource.Previous = resource.Next = null;
        resource.OwningScope = null;
    }
}
