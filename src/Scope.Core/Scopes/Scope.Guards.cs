namespace GoGoScope;

// Guards that were released while children which they protect still run.
public sealed partial class Scope
{
    private const int ReportsKept = 8;

    // The newest few, for the dump; written under the gate.
    private Queue<string>? _guardReports;

    /// <summary>
    /// A guard, granted when <paramref name="mark"/> was the last child started, was released: reports those children
    /// which the calling flow started since then and that still run.
    /// </summary>
    internal void GuardReleased(string? key, long mark) => GuardReleasedUnder(mark, LockText.Describe(key));

    /// <inheritdoc cref="GuardReleased"/>
    internal void GuardReleasedUnder(long mark, string what)
    {
        var flow = ScopeFlow.Current;
        var children = new List<long>();
        _gate.Enter();
        for (var child = _newestChild; child is not null && child.Number > mark; child = child.Previous)
            if (child.StartedBy == flow && !child.HasEnded) children.Add(child.Number);
        _gate.Exit();
        if (children.Count == 0) return;

        children.Reverse();
        var report = $"{what} was released while children that were started under it still run: #{string.Join(", #", children)}.";
        _gate.Enter();
        _guardReports ??= new Queue<string>(ReportsKept);
        if (_guardReports.Count == ReportsKept) _guardReports.Dequeue();
        _guardReports.Enqueue(report);
        _gate.Exit();
        GoGoScopeEventSource.Log?.GuardReleasedUnderChildren(this, report);
    }
}
