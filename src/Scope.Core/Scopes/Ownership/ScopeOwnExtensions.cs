namespace GoGoScope;

/// <summary>Lets a scope own what can only be disposed synchronously.</summary>
public static class ScopeOwnExtensions
{
    /// <inheritdoc cref="Scope.Own{T}(T)"/>
    /// <remarks>An extension, so that a type with both ways to be disposed takes the asynchronous one.</remarks>
    public static T Own<T>(this Scope scope, T resource) where T : IDisposable
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(resource);
        scope.AddOwned(new OwnedDisposable(resource));
        return resource;
    }
}
