namespace GoGoScope.Testing;

/// <summary>Runs two actions at the same moment, again and again, with small shifts between them.</summary>
public static class Race
{
    private const int LongestShift = 60;

    /// <summary>Each round: <paramref name="prepare"/>, then both actions at once on two threads, then <paramref name="check"/>.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Sets the scene for round n.</param>
    /// <param name="first">Runs on the calling thread.</param>
    /// <param name="second">Runs on a thread of its own.</param>
    /// <param name="check">Looks at what came of round n.</param>
    public static void Run(int rounds, Action<int> prepare, Action first, Action second, Action<int> check)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(check);
        Exception? failure = null;
        var stop = false;
        using var barrier = new Barrier(2);
        var opponent = new Thread(() =>
        {
            for (var round = 0; ; round++)
            {
                barrier.SignalAndWait();
                if (Volatile.Read(ref stop)) return;
                try
                {
                    Shift(round, 7);
                    second();
                }
                catch (Exception e)
                {
                    Volatile.Write(ref failure, e);
                }
                barrier.SignalAndWait();
            }
        }) { IsBackground = true, Name = "race" };
        opponent.Start();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                prepare(round);
                barrier.SignalAndWait();
                Exception? own = null;
                try
                {
                    Shift(round, 13);
                    first();
                }
                catch (Exception e)
                {
                    own = e;
                }
                barrier.SignalAndWait();
                if ((own ?? Volatile.Read(ref failure)) is { } thrown) throw new AggregateException($"round {round}", thrown);
                check(round);
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            barrier.SignalAndWait();
            opponent.Join();
        }
    }

    /// <summary>So that the two meet in every order, not always in the one that the barrier favours.</summary>
    private static void Shift(int round, int step)
    {
        var spins = round * step % LongestShift;
        if (spins > 0) Thread.SpinWait(spins);
    }
}
