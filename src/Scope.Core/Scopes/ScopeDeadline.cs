namespace GoGoScope;

/// <summary>One setting of a scope's deadline. Moving the deadline replaces it, so an old one that fires late is known by being replaced.</summary>
internal sealed class ScopeDeadline(Scope scope, TimeSpan after, DateTimeOffset at) : Deadline
{
    internal TimeSpan After => after;

    internal DateTimeOffset At => at;

    /// <summary>Under the gate of the scope, whose it may not be yet.</summary>
    internal bool HasCome { get; set; }

    internal override void OnDue(long now) => scope.DeadlinePassed(this);
}
