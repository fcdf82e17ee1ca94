namespace GoGoScope.Tests.Leases.Histories;

/// <summary>One attempt at a lock, from the call to the end of its guard, as the task that made it sees it.</summary>
internal sealed class Holding(SimulatedProcess process, string name, string key, LockMode mode, int weight = 0, int permits = 0)
{
    internal SimulatedProcess Process => process;

    internal string Name => name;

    internal string Key => key;

    internal LockMode Mode => mode;

    /// <summary>How many permits it wants, and of how many; zero for a lock.</summary>
    internal int Weight => weight;

    internal int Permits => permits;

    internal required TimeSpan Timeout { get; init; }

    internal required bool AnswersNull { get; init; }

    internal int Priority { get; init; }

    /// <summary>The longest that it may be held; null for no bound.</summary>
    internal TimeSpan? MaxHold { get; init; }

    /// <summary>When it ends although it is not released: by its length if it is not renewed, or by its longest hold; null for never.</summary>
    internal TimeSpan? Longest { get; init; }

    /// <summary>Whether it was asked for when nobody had it, where nothing goes wrong: it can't be refused.</summary>
    internal bool IsFree { get; init; }

    /// <summary>When it was granted, by the process's clock.</summary>
    internal long GrantedAt { get; set; }

    /// <summary>When it was begun, by the process's clock.</summary>
    internal required long Begun { get; init; }

    internal CancellationTokenSource Canceller { get; } = new();

    internal Task<LockGuard?> Acquiring { get; set; } = null!;

    internal HoldingState State { get; set; }

    internal LockGuard Guard { get; set; }

    internal CancellationToken Lost { get; set; }

    /// <summary>Since when it is known to be over, by the process's clock; zero while it is held.</summary>
    internal long NotHeldSince { get; set; }

    /// <summary>Granted under a clock of the store that has jumped since: it can't know that its lease has ended.</summary>
    internal bool IsExempt { get; set; }

    internal bool WasHeldAtRelease { get; set; }

    internal long ReleasedAt { get; set; }

    internal Task? Releasing { get; set; }

    internal List<Task> Renewing { get; } = [];

    /// <summary>Whether the two can never hold at once. What permits of one semaphore come to together is another question.</summary>
    internal bool ConflictsWith(Holding other) => Key == other.Key && (Mode == LockMode.Exclusive || Mode != other.Mode || Permits != other.Permits);

    /// <summary>Whether its task takes itself for the holder.</summary>
    internal bool IsBelieved => State == HoldingState.Holding && Process.State != ProcessState.Dead && Guard.IsHeld;

    public override string ToString() => $"{name} ({mode}{(weight == 0 ? "" : $", {weight} of {permits}")} of {key}{(Guard.FencingToken == 0 ? "" : $", token {Guard.FencingToken}")})";
}

internal enum HoldingState
{
    Waiting,
    Holding,
    Releasing,
    Over,
}
