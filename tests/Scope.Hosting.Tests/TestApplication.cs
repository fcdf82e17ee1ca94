using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Tests;

/// <summary>An application of the host, with what a test adds to it, and without files, consoles or signals.</summary>
internal static class TestApplication
{
    internal static IHost Build(Action<IServiceCollection> add, IEnumerable<(string Key, string Value)>? settings = null, TimeProvider? time = null, LogEntries? log = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection((settings ?? []).Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        if (time is not null) builder.Services.AddSingleton(time);
        if (log is not null) builder.Services.AddSingleton<ILoggerProvider>(log);
        builder.Logging.SetMinimumLevel(LogLevel.Debug);
        add(builder.Services);
        return builder.Build();
    }

    internal static async Task<IHost> StartAsync(Action<IServiceCollection> add, IEnumerable<(string Key, string Value)>? settings = null, TimeProvider? time = null, LogEntries? log = null)
    {
        var host = Build(add, settings, time, log);
        await host.StartAsync().Soon();
        return host;
    }

    internal static async Task EndAsync(this IHost host)
    {
        await host.StopAsync().Soon();
        await ((IAsyncDisposable)host).DisposeAsync().Soon();
    }

    /// <summary>Ends it while the clock goes on, for a store that failed before: whoever pauses until it is asked again is waited for.</summary>
    internal static async Task EndAsync(this IHost host, ManualTimeProvider time)
    {
        var ended = host.EndAsync();
        await Waiting.Until(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
                return ended.IsCompleted;
            },
            "the application has ended");
        await ended;
    }

    /// <summary>A provider as another process has one.</summary>
    internal static LeasedLockProvider OtherProcess(ILockStore store, TimeProvider time) => new(store, new LeaseOptions { TimeProvider = time });

    internal static async Task<bool> CanTakeAsync(this ILockProvider provider, string key)
    {
        if (await new Lock(CancellationToken.None, new LockOptions { Provider = provider, Key = key }).TryAcquireAsync().Soon() is not { } guard) return false;
        await guard.DisposeAsync();
        return true;
    }
}
