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
        for (var child = _newestChild; child is not null; child = child.Previous) (child.HasSlot ? running : pending).AddOlder(child.Number);
        for (var resource = _newestOwned; resource is not null; resource = resource.Previous) owned.Add(resource);
        var scopes = ChildScopesHoldingGate();
        string[] reports = _guardReports is null ? [] : [.. _guardReports];
        _gate.Exit();

        var inner = indent + "  ";
        text.Append(indent).AppendLine(Headline());
        running.AppendTo(text, inner + "running");
        pending.AppendTo(text, inner + "pending");
        foreach (var error in Failures) text.Append(inner).AppendLine(CultureInfo.InvariantCulture, $"failed: {error.GetType().Name}: {ExceptionText.Message(error)}");
        foreach (var resource in owned) text.Append(inner).Append("owns: ").AppendLine(resource.Describe());
        AppendWaits(text, inner);
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

    /// <summary>Providers know scopes by name; those of a scope without one can't be told apart.</summary>
    private void AppendWaits(StringBuilder text, string indent)
    {
        if (Name is null) return;
        foreach (var key in LockProvider.Snapshot())
        {
            for (var place = 0; place < key.Waiters.Count; place++)
            {
                var waiter = key.Waiters[place];
                if (waiter.Scope != Name) continue;
                text.Append(indent).AppendLine(CultureInfo.InvariantCulture,
                    $"waits: {LockText.Describe(key.Key)}, {waiter.Mode}, {waiter.Owner}, place {place + 1} of {key.Waiters.Count}, held by {string.Join(", ", key.Holders.Select(holder => holder.Owner))}");
            }
        }
    }

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
