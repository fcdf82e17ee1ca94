using System.Text;

namespace GoGoScope;

// The scope in words, and for programs.
public sealed partial class Scope
{
    /// <summary>
    /// Describes the scope as it is now, for people: state, reason and deadline; which children run or wait for a slot; what is
    /// owned, newest first, locks that are held among it; what its locks wait for; guards that were released under running
    /// children; and its child scopes, indented. The format may change; <see cref="DumpJson"/> is for programs.
    /// </summary>
    public string Dump()
    {
        var text = new StringBuilder();
        Snapshot().AppendTo(text, indent: "");
        return text.ToString();
    }

    /// <summary>
    /// The same as JSON, on one line: <c>{"name":…,"state":"open","cancelled":{"cause":"deadline","message":…},"deadline":…,"running":{"count":…,"oldest":[…]},"pending":…,
    /// "failures":[{"type":…,"message":…}],"owns":[…],"holds":[{"lock":…,"key":…,"mode":"exclusive","owner":…,"fencingToken":…}],
    /// "waits":[{…,"priority":…,"place":…,"waiting":…,"heldBy":[…]}],"warnings":[…],"scopes":[…]}</c>. What isn't there is left out, a list is empty; members may be added. Of the
    /// children the sixteen oldest are named. Tokens have more digits than a double.
    /// </summary>
    public string DumpJson() => Snapshot().ToJson();

    private ScopeSnapshot Snapshot()
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

        var (holds, waits) = LocksOfMine(owned);
        return Head(running, pending) with
        {
            Failures = [.. Failures.Select(error => new ScopeSnapshot.FailureText(error.GetType().Name, ExceptionText.Message(error)))],
            // A guard is shown with the locks.
            Owns = [.. owned.Where(resource => resource is not HoldOwnership).Select(resource => resource.Describe())],
            Holds = holds,
            Waits = waits,
            Warnings = reports,
            Scopes = [.. scopes.Select(scope => scope.Snapshot())],
        };
    }

    private string Headline() => Head(new OldestChildren(), new OldestChildren()).Headline();

    private ScopeSnapshot Head(OldestChildren running, OldestChildren pending) => new(Name, _phase switch { Phase.Open => "open", Phase.Closing => "closing", _ => "closed" })
    {
        Cancelled = Reason is { } reason ? new ScopeSnapshot.CancelledBy(reason.Cause, reason.Message) : null,
        Deadline = Deadline,
        Running = running, Pending = pending, Failures = [], Owns = [], Holds = [], Waits = [], Warnings = [], Scopes = [],
    };

    private (List<ScopeSnapshot.HeldLock> Holds, List<ScopeSnapshot.AwaitedLock> Waits) LocksOfMine(List<Owned> owned)
    {
        // A lock may have a provider of its own.
        var providers = owned.Select(resource => resource.Provider).OfType<ILockProvider>().Prepend(LockProvider).Distinct<ILockProvider>(ReferenceEqualityComparer.Instance);
        var locks = providers.SelectMany(provider => provider.Snapshot()).ToList();
        foreach (var resource in owned)
        {
            if (resource.Snapshot() is { } own) locks.Add(own);
        }
        var holds = new List<ScopeSnapshot.HeldLock>();
        var waits = new List<ScopeSnapshot.AwaitedLock>();
        foreach (var one in locks)
        {
            foreach (var holder in one.Holders)
            {
                if (IsMine(holder.Asker, holder.Scope)) holds.Add(new(one.What, one.Key, holder.Mode, holder.Weight, holder.Owner, holder.FencingToken));
            }
            for (var place = 0; place < one.Waiters.Count; place++)
            {
                var waiter = one.Waiters[place];
                if (IsMine(waiter.Asker, waiter.Scope))
                    waits.Add(new(one.What, one.Key, waiter.Mode, waiter.Weight, waiter.Owner, waiter.Priority, place + 1, one.Waiters.Count, [.. one.Holders.Select(holder => holder.Owner)]));
            }
        }
        return (holds, waits);
    }

    /// <summary>A provider that knows a scope only by its name can't tell those that share it apart.</summary>
    private bool IsMine(Scope? asker, string? name) => asker is not null ? asker == this : name is not null && name == Name;
}
