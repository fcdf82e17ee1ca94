using System.Globalization;

namespace GoGoScope.Soak;

/// <summary>The processes that take locks. Whoever is killed is followed by another; the first one never is.</summary>
internal sealed class Crew(WorkerSettings settings, string folder, int seed) : IAsyncDisposable
{
    private readonly List<WorkerProcess> _workers = [];
    private int _started;

    internal IReadOnlyList<WorkerProcess> Workers => _workers;

    /// <summary>The one that lives for as long as the run.</summary>
    internal WorkerProcess Oldest => _workers[0];

    internal async Task StartAsync(int count)
    {
        for (var i = 0; i < count; i++) _workers.Add(await StartOneAsync());
    }

    internal async Task KillAsync(int index)
    {
        await _workers[index].DisposeAsync();
        _workers[index] = await StartOneAsync();
    }

    /// <summary>Returns when nobody holds anything any more.</summary>
    internal Task RestAsync(TimeSpan patience) => Task.WhenAll(_workers.Select(worker => worker.RestAsync())).WaitAsync(patience);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
    }

    private async Task<WorkerProcess> StartOneAsync()
    {
        var worker = await WorkerProcess.StartAsync(settings);
        var number = ++_started;
        await worker.SoakAsync(folder, number.ToString("process-000", CultureInfo.InvariantCulture), seed * 1000 + number);
        return worker;
    }
}
