using System.Globalization;
using System.Text;

namespace GoGoScope;

// The scope in words.
public sealed partial class Scope
{
    /// <summary>
    /// The scope as it is now, for people: state, reason and deadline; which children run or wait for a slot; what is owned,
    /// newest first, locks that are held among it; what its locks wait for; guards that were released under running
    /// children; and its child scopes, indented. The format may change.
    /// </summary>
    public string Dump()
    {
        var text = new StringBuilder();
        AppendTo(text, indent: "");
        return text.ToString();
    }

    private void AppendTo(StringBuilder text, string indent)
    {
        var running = new OldestChildren();
        var pending = new OldestChildren();
        var owned = new List<Owned>();
        _gate.Enter();
        for (var child = _newestChild; child is not null; child = child.Previous) (child.IsStarted ? running : pending).AddOlder(child.Number);
        for (var resource = _newestOwned; resource is not null; resource = resource.Previous) owned.Add(resource);
        var scopes = ChildScopesHoldingGate();
        string[] reports = _guardReports is null ? [] : [.. _guardReports];
        _gate.Exit();

        var inner = indent + "  ";
        text.Append(indent).AppendLine(Headline());
        running.AppendTo(text, inner + "running");
        pending.AppendTo(text, inner + "pending");
        foreach (var error in Failures) text.Append(inner).AppendLine(CultureInfo.InvariantCulture, $"failed: {error.GetType().Name}: {ExceptionText.Message(error)}");
        foreach (var resource in owned)
        {
            // A guard is shown with the locks.
            if (resource is not HoldOwnership) text.Append(inner).Append("owns: ").AppendLine(resource.Describe());
        }
        AppendLocks(text, inner, owned);
        foreach (var report in reports) text.Append(inner).Append("warning: ").AppendLine(report);
        foreach (var scope in scopes) scope.AppendTo(text, inner);
    }

    private string Headline()
    {
        var text = new StringBuilder(Name is null ? "Scope" : $"Scope \"{Name}\"");
        text.Append(": ").Append(_phase switch { Phase.Open => "open", Phase.Closing => "closing", _ => "closed" });
        if (Reason is { } reason) text.Append(CultureInfo.InvariantCulture, $", cancelled ({reason.Cause}: {reason.Message})");
        if (Deadline is { } deadline) text.Append(CultureInfo.InvariantCulture, $", deadline {deadline:yyyy-MM-dd HH:mm:ss.fff}Z");
        return text.ToString();
    }

    private void AppendLocks(StringBuilder text, string indent, List<Owned> owned)
    {
        var locks = new List<LockSnapshot>(LockProvider.Snapshot());
        foreach (var resource in owned)
        {
            if (resource.Snapshot() is { } own) locks.Add(own);
        }
        foreach (var one in locks)
        {
            foreach (var holder in one.Holders)
            {
                if (!IsMine(holder.Asker, holder.Scope)) continue;
                text.Append(indent).AppendLine(CultureInfo.InvariantCulture,
                    $"holds: {one.What}, {holder.How}, {holder.Owner}, token {holder.FencingToken}");
            }
            for (var place = 0; place < one.Waiters.Count; place++)
            {
                var waiter = one.Waiters[place];
                if (!IsMine(waiter.Asker, waiter.Scope)) continue;
                text.Append(indent).AppendLine(CultureInfo.InvariantCulture,
                    $"waits: {one.What}, {waiter.How}, {waiter.Owner}, place {place + 1} of {one.Waiters.Count}, held by {string.Join(", ", one.Holders.Select(holder => holder.Owner))}");
            }
        }
    }

    /// <summary>A provider that knows a scope only by its name can't tell those that share it apart.</summary>
    private bool IsMine(Scope? asker, string? name) => asker is not null ? asker == this : name is not null && name == Name;

    /// <summary>How many children there are, and the numbers of the oldest: those are the ones that hang.</summary>
    private sealed class OldestChildren
    {
        private const int Shown = 16;

        private readonly Queue<long> _newestFirst = new(Shown);
        private int _count;

        internal void AddOlder(long number)
        {
            if (_newestFirst.Count == Shown) _newestFirst.Dequeue();
            _newestFirst.Enqueue(number);
            _count++;
        }

        internal void AppendTo(StringBuilder text, string what)
        {
            if (_count == 0) return;
            var numbers = string.Join(", ", _newestFirst.Reverse().Select(number => $"#{number}"));
            text.AppendLine(CultureInfo.InvariantCulture, $"{what}: {_count} ({numbers}{(_count > Shown ? ", …" : "")})");
        }
    }
}
