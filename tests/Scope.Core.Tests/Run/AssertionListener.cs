using System.Collections.Concurrent;
using System.Diagnostics;

namespace GoGoScope.Tests.Run;

/// <summary>
/// Notes each <see cref="Debug.Assert(bool)"/> that fails, with the test under which it did. It doesn't throw there: many
/// assertions stand inside a gate, and a gate that is left by an exception stays closed for ever.
/// </summary>
internal sealed class AssertionListener : TraceListener
{
    private static readonly ConcurrentQueue<FailedAssertion> Failures = new();

    internal static void Install()
    {
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new AssertionListener());
    }

    /// <summary>The failures under one test; they are blamed on it and so no longer on the run.</summary>
    internal static IReadOnlyList<FailedAssertion> Take(string testId)
    {
        var all = TakeAll();
        foreach (var other in all.Where(failure => failure.TestId != testId)) Failures.Enqueue(other);
        return [.. all.Where(failure => failure.TestId == testId)];
    }

    internal static IReadOnlyList<FailedAssertion> TakeAll()
    {
        var all = new List<FailedAssertion>();
        while (Failures.TryDequeue(out var failure)) all.Add(failure);
        return all;
    }

    public override void Fail(string? message, string? detailMessage)
    {
        var failure = new FailedAssertion(TestContext.CurrentContext.Test.ID, message, detailMessage, new StackTrace(1, fNeedFileInfo: true));
        Failures.Enqueue(failure);
        // At once, too: what follows a broken invariant may be a hang.
        TestContext.Progress.WriteLine($"An assertion failed: {message} {detailMessage}");
    }

    public override void Write(string? message) { }

    public override void WriteLine(string? message) { }
}

/// <summary>An assertion that failed, and the test that ran it: async flows and children of scopes carry the test with them.</summary>
internal sealed record FailedAssertion(string TestId, string? Message, string? Detail, StackTrace Stack)
{
    public override string ToString() => string.Join(Environment.NewLine, [$"An assertion failed: {Message} {Detail}", .. OurFrames()]);

    private IEnumerable<string> OurFrames() =>
        Stack.ToString().Split(Environment.NewLine).TakeWhile(frame => !frame.Contains("System.Reflection.MethodBaseInvoker", StringComparison.Ordinal));
}
