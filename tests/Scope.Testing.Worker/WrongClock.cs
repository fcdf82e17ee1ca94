namespace GoGoScope.Testing.Worker;

/// <summary>The system's clock, set wrong: time passes as it should, but the time of day is off.</summary>
internal sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
