namespace GoGoScope;

/// <summary>
/// Something that a scope releases at its end: a disposable, a deferred action, a lock, a guard. A node of the scope's
/// list, so that it can leave early in constant time.
/// </summary>
internal abstract class Owned
{
    // Written under the gate of the scope that owns it.
    internal Scope? OwningScope;
    internal Owned? Previous;
    internal Owned? Next;

    /// <summary>
    /// What the node stood for when it entered the list. A guard's node is used again for later grants; the scope reads
    /// the stamp under its gate when it takes the node off the list, and so releases just the grant that it owned.
    /// </summary>
    internal long Stamp;

    /// <summary>Releases it at the end of the scope, when it has left the scope's list. May throw.</summary>
    internal abstract ValueTask ReleaseAsync(long stamp);

    /// <summary>One line for <see cref="Scope.Dump"/>.</summary>
    internal abstract string Describe();

    /// <summary>Its own words, or its type if it has none: after its end some throw.</summary>
    private protected static string TextOf(object resource)
    {
        try
        {
            return resource.ToString() ?? resource.GetType().Name;
        }
        catch (Exception)
        {
            return resource.GetType().Name;
        }
    }

    /// <summary>Who holds it and waits for it, if it is a lock that no provider knows of.</summary>
    internal virtual LockSnapshot? Snapshot() => null;

    /// <summary>The provider that knows who holds it and waits for it, if it is a lock of one.</summary>
    internal virtual ILockProvider? Provider => null;
}
