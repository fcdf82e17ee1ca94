namespace GoGoScope.Soak;

/// <summary>Goes wrong, at random: kills and stops processes, and restarts the store's server.</summary>
internal sealed class Disturbances(Crew crew, SoakStore store, Random random, Action<string> tell)
{
    private const int LongestCalmSeconds = 5;
    private const int LongestStopMilliseconds = 6000;

    internal int Kills { get; private set; }

    internal int Stops { get; private set; }

    internal int Restarts { get; private set; }

    /// <summary>Until <paramref name="end"/>; afterwards all runs again.</summary>
    internal async Task RunAsync(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * LongestCalmSeconds), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested) return;
            await (random.Next(10) switch
            {
                < 4 => KillAsync(),
                < 8 => StopAsync(),
                _ => store.Server is { } server ? RestartAsync(server, inOrder: random.Next(2) == 0) : StopAsync(),
            });
        }
    }

    private async Task KillAsync()
    {
        if (crew.Workers.Count < 2) return;
        Kills++;
        var index = random.Next(1, crew.Workers.Count);
        tell($"kills process {crew.Workers[index].Id}");
        await crew.KillAsync(index);
    }

    // Some for longer than their leases last, some not.
    private async Task StopAsync()
    {
        Stops++;
        var worker = crew.Workers[random.Next(crew.Workers.Count)];
        var time = TimeSpan.FromMilliseconds(random.Next(LongestStopMilliseconds));
        tell($"stops process {worker.Id} for {time.TotalSeconds:0.0} s");
        await worker.StopAsync();
        await Task.Delay(time);
        await worker.ContinueAsync();
    }

    private async Task RestartAsync(LocalServer server, bool inOrder)
    {
        Restarts++;
        tell(inOrder ? "stops the server, and starts it again" : "kills the server, and starts it again");
        await (inOrder ? server.StopAsync() : server.KillAsync());
        await server.StartAsync();
    }
}
