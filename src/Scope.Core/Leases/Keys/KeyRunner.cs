using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// Runs for one agent until there is nothing to do about its key, and then for another one: what that takes is made once.
/// </summary>
internal sealed class KeyRunner
{
    private const int MostKept = 64;

    private readonly LeasedLockProvider _provider;
    private readonly Action _onEnd;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _running;

    internal KeyRunner(LeasedLockProvider provider)
    {
        _provider = provider;
        _onEnd = OnEnd;
    }

    /// <summary>What is to be done now.</summary>
    internal List<KeyStep> Steps { get; } = [];

    /// <summary>Whether nothing is to be done but for leases that this process has, to hold them on.</summary>
    internal bool OnlyKeeps => Steps.TrueForAll(static step => step is RenewStep or DrawStep);

    /// <summary>Whether the record has to be read first.</summary>
    internal bool Look { get; set; }

    /// <summary>How many requests had come to the agent by then.</summary>
    internal long Arrivals { get; set; }

    /// <summary>When it was begun to do it, by the process's clock.</summary>
    internal long StartedAt { get; set; }

    /// <summary>What was begun so that this process may wait, and was not over when there was something else to do.</summary>
    internal Task? GettingReady { get; set; }

    internal long GettingReadySince { get; set; }

    /// <summary>Whether it has one of the <see cref="SettlingTurns"/>.</summary>
    internal bool HasTurn { get; set; }

    /// <summary>How it is to be done.</summary>
    internal SwapPlan Plan { get; } = new();

    /// <summary>Returns when <paramref name="agent"/> has to wait for something.</summary>
    internal void Run(KeyAgent agent) => Follow(agent.RunAsync(this));

    private void Follow(ValueTask running)
    {
        _running = running.ConfigureAwait(false).GetAwaiter();
        if (_running.IsCompleted) OnEnd();
        else _running.UnsafeOnCompleted(_onEnd);
    }

    private void OnEnd()
    {
        try
        {
            _running.GetResult();
        }
        catch (Exception error)
        {
            // Nobody waits for it, so it is told like any task's that nobody observes.
            _ = Task.FromException(error);
            return;
        }
        (_running, GettingReady) = (default, null);
        Steps.Clear();
        Plan.Clear();
        if (Steps.Capacity <= MostKept) _provider.GiveBack(this);
    }
}
