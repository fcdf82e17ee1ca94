using GoGoScope.Tests.Leases.Record.Model;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>Commands in few words. A contender is named by its process, "a", or by process and number, "a.2".</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract class RecordTestBase
{
    internal const long Second = RecordCell.Second;
    internal const long Lease = 30 * Second;

    internal RecordCell Cell { get; set; } = new();

    internal static ContenderId Id(string name) => ContenderId.TryParse(name.Contains('.', StringComparison.Ordinal) ? name : name + ".0")!.Value;

    internal static Contender Writer(string name, int priority = 0, int tokens = 1, long timeToLive = Lease) =>
        new() { Id = Id(name), Owner = $"owner of {name}", Priority = priority, TimeToLive = timeToLive, Tokens = tokens };

    internal static Contender Reader(string name, int priority = 0, int tokens = 1, long timeToLive = Lease) =>
        Writer(name, priority, tokens, timeToLive) with { Mode = LockMode.Read };

    internal static LockCommand.Enter Enter(Contender contender, bool mayWait = true) => new(contender, mayWait);

    internal static LockCommand.Leave Leave(string name, long lastUsed = 0, Contender? next = null) => new(Id(name), lastUsed, next);

    internal static LockCommand.Renew Renew(string name, long timeToLive = Lease) => new(Id(name), timeToLive);

    internal static LockCommand.DrawMore Draw(string name, int count, long lastUsed) => new(Id(name), count, lastUsed);

    internal static LockCommand.Raise Raise(string name, int priority) => new(Id(name), priority);

    internal Transition Do(LockCommand command, params string[] dead) => Cell.Do(command, dead);

    internal void EnterAll(params Contender[] contenders)
    {
        foreach (var contender in contenders) Do(Enter(contender));
    }

    internal RecordHolder Holder(string name) => Cell.Record.Holders[Cell.Record.IndexOfHolder(Id(name))];

    internal RecordWaiter Waiter(string name) => Cell.Record.Waiters[Cell.Record.IndexOfWaiter(Id(name))];
}
