namespace GoGoScope.Benchmarks.Workloads;

internal static class Together
{
    /// <summary>Runs <paramref name="work"/> on the thread pool once for each number below <paramref name="tasks"/>.</summary>
    internal static Task RunAsync(int tasks, Func<int, Task> work)
    {
        var running = new Task[tasks];
        for (var i = 0; i < tasks; i++)
        {
            var number = i;
            running[i] = Task.Run(() => work(number));
        }
        return Task.WhenAll(running);
    }
}
