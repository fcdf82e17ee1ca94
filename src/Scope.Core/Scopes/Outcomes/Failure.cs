namespace GoGoScope;

/// <summary>Something that went wrong in a scope and has to be thrown, once somebody asks, unless it was seen before.</summary>
internal sealed class Failure(Exception error, Child? child)
{
    internal Exception Error => error;

    /// <summary>Whether it was thrown to somebody: by the scope, or by the child's task.</summary>
    internal bool IsObserved => Thrown || child?.FailureObserved == true;

    // Written under the scope's gate.
    internal bool Thrown;
}
