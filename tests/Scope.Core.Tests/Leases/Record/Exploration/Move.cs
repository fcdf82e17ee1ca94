namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>One step of a path.</summary>
internal readonly record struct Move(int Client, string What, int ClockError, bool KnowsWhoIsDead, RecordOutcome? Outcome)
{
    internal string Describe(string[] names)
    {
        var who = Client < 0 ? "" : names[Client] + (What[0] == '\'' ? "" : " ");
        var clock = ClockError == 0 ? "" : $", by a clock that is {Math.Abs(ClockError)} tick {(ClockError > 0 ? "ahead" : "behind")}";
        return who + What + (Outcome is { } outcome ? $" {outcome}" : "") + clock + (KnowsWhoIsDead ? ", knowing who is dead" : "");
    }
}
