using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GoGoScope.Hosting.Tests;

/// <summary>What was logged.</summary>
internal sealed class LogEntries : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _all = new();

    internal IReadOnlyCollection<(int Id, LogLevel Level, string Text)> All => _all;

    internal bool Has(int id, string text) => _all.Any(entry => entry.Id == id && entry.Text.Contains(text, StringComparison.Ordinal));

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _all.Enqueue((eventId.Id, logLevel, formatter(state, exception)));

    public void Dispose() { }
}
