namespace GoGoScope;

/// <summary>
/// Marks a flow of execution that the end of a scope waits for: that of a child, or of what teardown releases. It
/// travels with the execution context, so code can be told that it is about to wait for itself.
/// </summary>
internal abstract class ScopeFlow(Scope scope)
{
    private static readonly AsyncLocal<ScopeFlow?> Flow = new();

    private volatile bool _hasEnded;

    internal readonly Scope Scope = scope;

    /// <summary>The innermost marked flow that the caller is part of, which may have ended; null outside of all.</summary>
    internal static ScopeFlow? Current => Flow.Value;

    internal bool HasEnded => _hasEnded;

    /// <summary>Whether <see cref="Scope.JoinAsync"/> waits for it; <see cref="Scope.DisposeAsync"/> always does.</summary>
    internal abstract bool IsJoined { get; }

    /// <summary>What it is, for errors: "child #3".</summary>
    internal abstract string Describe();

    /// <summary>Marks the current execution context, which the caller must know to be restored after it.</summary>
    internal void Enter() => Flow.Value = this;

    internal void End() => _hasEnded = true;
}

/// <summary>The flow in which a scope releases what it owns.</summary>
internal sealed class TeardownFlow(Scope scope) : ScopeFlow(scope)
{
    internal override bool IsJoined => false;

    internal override string Describe() => "something that is released at the end";
}
