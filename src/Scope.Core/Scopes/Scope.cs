namespace GoGoScope;

/// <summary>Owns a cancellation token, child tasks and disposables.</summary>
public sealed partial class Scope : IAsyncDisposable
{
    private Scope() { }

    /// <summary>Its name in errors and dumps.</summary>
    public string? Name => throw new NotImplementedException();

    /// <summary>Cancelled when the scope is.</summary>
    public CancellationToken Token => throw new NotImplementedException();

    /// <summary>The clock of its deadline, waits and leases.</summary>
    public TimeProvider TimeProvider => throw new NotImplementedException();

    /// <summary>Where its keyed locks live.</summary>
    public ILockProvider LockProvider => throw new NotImplementedException();

    /// <summary>Who holds what, who waits for what.</summary>
    public string Dump() => throw new NotImplementedException();

    /// <summary>Cancels it.</summary>
    public void Cancel(string? reason = null) => throw new NotImplementedException();

    /// <summary>Ends it.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();

    // ---- what locks need of a scope ----

    /// <summary>The number of the child that was started last; children are numbered from 1.</summary>
    internal long LastChildStarted => throw new NotImplementedException();

    /// <summary>Adds to the owned list; false if the scope is closed. May run inside a lock's gate.</summary>
    internal bool TryOwn(Owned resource) => throw new NotImplementedException();

    /// <summary>Removes from the owned list, if it is there. May run inside a lock's gate.</summary>
    internal void Disown(Owned resource) => throw new NotImplementedException();

    /// <summary>Whether a child numbered above <paramref name="mark"/> still runs; a cheap look, no more than a field or two.</summary>
    internal bool HasRunningChildAfter(long mark) => throw new NotImplementedException();

    /// <summary>
    /// A guard, granted when <paramref name="mark"/> was the last child started, was released: reports those children
    /// which the calling flow started since then and that still run.
    /// </summary>
    internal void GuardReleased(string? key, long mark) => throw new NotImplementedException();

    /// <summary>Cancels the scope with the cause <see cref="CancellationCause.LeaseLost"/>.</summary>
    internal void CancelForLostLease(LeaseLostException error) => throw new NotImplementedException();
}
