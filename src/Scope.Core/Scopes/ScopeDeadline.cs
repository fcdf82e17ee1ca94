namespace GoGoScope;

/// <summary>One setting of a scope's deadline. Moving the deadline replaces it, so an old one that fires late is known by being replaced.</summary>
internal sealed class ScopeDeadline(Scope scope, TimeSpan after, DateTimeOffset at) : Deadline
{
    internal TimeSpan After => after;

    internal DateTimeOffset At => at;

    internal override void OnDue() => scope.DeadlinePassed(this);
}
