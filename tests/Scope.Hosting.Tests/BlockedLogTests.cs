using GoGoScope.Hosting.Logging;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Tests;

/// <summary>A log that takes nothing any more, as a console's does that nobody reads.</summary>
[TestFixture]
public sealed class BlockedLogTests
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(1);

    [Test]
    public async Task It_keeps_no_lost_lease_from_being_counted()
    {
        var time = new ManualTimeProvider();
        using var blocking = new Blocking();
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(blocking));
        using var events = new EventLog(logs, time);
        events.Begin();
        await using var scope = Scope.Create(new ScopeOptions { TimeProvider = time, LockProvider = new InMemoryLockProvider() });
        for (var lost = 1; lost <= 2; lost++)
        {
            await scope.CreateLock($"blocked log {lost}", new LockOptions { AutoRenew = false, TimeToLive = TimeToLive }).AcquireAsync();
            time.Advance(TimeToLive);
            await Waiting.Until(() => events.LeasesLost.CountWithin(TimeSpan.FromMinutes(1)) >= lost, $"the {lost}. loss is counted");
            await blocking.Blocks.Task.WaitAsync(Waiting.HangLimit);
        }
        blocking.Release.Set();
    }

    private sealed class Blocking : ILoggerProvider, ILogger
    {
        internal TaskCompletionSource Blocks { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal ManualResetEventSlim Release { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Blocks.TrySetResult();
            Release.Wait();
        }

        public void Dispose() => Release.Set();
    }
}
