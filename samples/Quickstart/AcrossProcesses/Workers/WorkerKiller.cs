namespace GoGoScope.Quickstart;

/// <summary>Kills workers, chosen at random, as a machine does that fails: at any moment, without a word.</summary>
internal sealed class WorkerKiller(IReadOnlyList<WorkerSeat> seats, TimeSpan period) : IDisposable
{
    private readonly PeriodicTimer _timer = new(period);
    private int _killed;

    /// <summary>How many it has killed so far.</summary>
    public int Killed => Volatile.Read(ref _killed);

    /// <summary>Kills one every period, until it is stopped or cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await _timer.WaitForNextTickAsync(cancellationToken))
        {
            if (seats[Random.Shared.Next(seats.Count)].Kill()) Interlocked.Increment(ref _killed);
        }
    }

    /// <summary>Lets those live that are there, but for one that it may be about to kill.</summary>
    public void Stop() => _timer.Dispose();

    public void Dispose() => Stop();
}
