namespace GoGoScope;

internal sealed class OwnedAsyncDisposable(IAsyncDisposable resource) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp) => resource.DisposeAsync();

    internal override string Describe() => TextOf(resource);
}

internal sealed class OwnedDisposable(IDisposable resource) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp)
    {
        resource.Dispose();
        return ValueTask.CompletedTask;
    }

    internal override string Describe() => TextOf(resource);
}

/// <summary>What <see cref="Scope.Defer(Func{CancellationToken, Task})"/> was given.</summary>
internal sealed class DeferredAction(Delegate action) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp) => Work.InvokeAsync(action, CancellationToken.None);

    internal override string Describe() => "deferred action";
}
