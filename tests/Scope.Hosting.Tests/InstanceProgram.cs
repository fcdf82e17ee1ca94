using GoGoScope.Persistence.Postgres;

namespace GoGoScope.Hosting.Tests;

/// <summary>The entry point of this assembly: an instance of an application on PostgreSQL, whose worker runs until it is stopped. Test runners don't come here.</summary>
internal static class InstanceProgram
{
    internal const string Worker = "reorders";

    private static async Task Main(string[] args)
    {
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddGoGoScope().UsePostgres();
        builder.Services.AddExclusiveWorker<Reorders>(Worker);
        await builder.Build().RunAsync();
    }

    private sealed class Reorders : IExclusiveWorker
    {
        public Task RunAsync(LockGuard guard, CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
