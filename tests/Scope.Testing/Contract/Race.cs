namespace GoGoScope.Testing;

/// <summary>
/// Runs two actions at the same moment, again and again. Whichever wins starts a little later the next time, so that the
/// two stay where they meet: about half of the rounds go either way, most of them by a hair. Tests that use it run alone: two threads
/// without a processor each meet a hundred times slower.
/// </summary>
internal static class Race
{
    private const int LongestDelay = 2_000;

    /// <summary>Each round: <paramref name="prepare"/>, then both actions at once on two threads, then <paramref name="firstWon"/>.</summary>
    /// <param name="rounds">How often.</param>
    /// <param name="prepare">Sets the scene for round n.</param>
    /// <param name="first">Runs on the calling thread.</param>
    /// <param name="second">Runs on a thread of its own.</param>
    /// <param name="firstWon">Looks at what came of round n, and says whether the first action won.</param>
    public static void Run(int rounds, Action<int> prepare, Action first, Action second, Func<int, bool> firstWon)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(firstWon);
        Exception? failure = null;
        var stop = false;
        // In spins; positive delays the first action, negative the second.
        var delay = 0;
        var meeting = new Meeting();
        var opponent = new Thread(() =>
        {
            while (true)
            {
                meeting.Second();
                if (Volatile.Read(ref stop)) return;
                try
                {
                    Delay(-Volatile.Read(ref delay));
                    second();
                }
                catch (Exception e)
                {
                    Volatile.Write(ref failure, e);
                }
                meeting.Second();
            }
        }) { IsBackground = true, Name = "race" };
        opponent.Start();
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                prepare(round);
                meeting.First();
                Exception? own = null;
                try
                {
                    Delay(delay);
                    first();
                }
                catch (Exception e)
                {
                    own = e;
                }
                meeting.First();
                if ((own ?? Volatile.Read(ref failure)) is { } thrown) throw new AggregateException($"round {round}", thrown);
                var step = firstWon(round) ? 1 : -1;
                // In steps of one to three, so that not all rounds are equally close.
                Volatile.Write(ref delay, Math.Clamp(delay + step * (1 + round % 3), -LongestDelay, LongestDelay));
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            meeting.First();
            opponent.Join();
        }
    }

    private static void Delay(int spins)
    {
        if (spins > 0) Thread.SpinWait(spins);
    }

    /// <summary>A barrier for two that never blocks: one that did would wake its threads microseconds apart.</summary>
    private sealed class Meeting
    {
        private int _first;
        private int _second;

        internal void First()
        {
            var round = Volatile.Read(ref _first) + 1;
            Volatile.Write(ref _first, round);
            for (var spin = new SpinWait(); Volatile.Read(ref _second) < round; spin.SpinOnce(sleep1Threshold: -1)) { }
        }

        internal void Second()
        {
            var round = Volatile.Read(ref _second) + 1;
            Volatile.Write(ref _second, round);
            for (var spin = new SpinWait(); Volatile.Read(ref _first) < round; spin.SpinOnce(sleep1Threshold: -1)) { }
        }
    }
}
