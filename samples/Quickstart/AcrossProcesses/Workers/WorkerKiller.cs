namespace GoGoScope.Quickstart;

/// <summary>Kills workers, chosen at random, as a machine does that fails: at any moment, without a word.</summary>
internal sealed class WorkerKiller(IReadOnlyList<WorkerSeat> seats)
{
    private int _killed;

    /// <summary>How many it has killed so far.</summary>
    public int Killed => Volatile.Read(ref _killed);

    /// <summary>Kills one every <paramref name="period"/>, until it is cancelled.</summary>
    public async Task RunAsync(TimeSpan period, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(period);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (seats[Random.Shared.Next(seats.Count)].Kill()) Interlocked.Increment(ref _killed);
        }
    }
}
