namespace GoGoScope;

// Where a scope stands: the scope that it is part of, its own child scopes, and the flow that created it.
public sealed partial class Scope
{
    private readonly Scope? _parent;
    private ScopeFlow? _creator;

    // Child scopes, newest first; written under the parent's gate.
    private Scope? _newestChildScope;
    private Scope? _olderSibling;
    private Scope? _newerSibling;
    private bool _isLinked;

    /// <summary>
    /// Creates a scope inside this one. It is cancelled with this scope, shares its <see cref="TimeProvider"/> and
    /// <see cref="LockProvider"/> unless <paramref name="options"/> say otherwise, and ends before it: what nobody has disposed by
    /// then is disposed by this scope's end, which then reports its unobserved failure.
    /// </summary>
    /// <param name="options">What it is called and how it behaves; null for the defaults. The failure policy is not inherited.</param>
    /// <exception cref="ObjectDisposedException">This scope has ended.</exception>
    /// <example>
    /// <code>
    /// await using var batch = s.CreateChild(new ScopeOptions { Name = "batch", MaxConcurrency = 8 });
    /// foreach (var item in items) batch.Run(ct => StoreAsync(item, ct));
    /// await batch.JoinAsync();
    /// </code>
    /// </example>
    public Scope CreateChild(ScopeOptions? options = null) => CreateCancellableChild(options, CancellationToken.None);

    /// <summary>One that somebody else than this scope may cancel, too.</summary>
    internal Scope CreateCancellableChild(ScopeOptions? options, CancellationToken callerToken)
    {
        var scope = new Scope(options, this, callerToken);
        // Before this scope's end, which unregisters it, can find the child.
        scope.ObserveCaller();
        _gate.Enter();
        var closed = _phase == Phase.Closed;
        if (!closed) LinkHoldingGate(scope);
        _gate.Exit();
        if (closed)
        {
            scope._callerRegistration.Unregister();
            throw Closed();
        }

        // Whoever cancels this scope from now on finds the child in the list.
        if (IsCancelled) scope.CancelByParent();
        scope.StartDeadline();
        return scope;
    }

    private void LinkHoldingGate(Scope child)
    {
        child._olderSibling = _newestChildScope;
        if (_newestChildScope is not null) _newestChildScope._newerSibling = child;
        _newestChildScope = child;
        child._isLinked = true;
    }

    /// <summary>Removes a child scope that is closed, unless it was removed before.</summary>
    private void Unlink(Scope child)
    {
        _gate.Enter();
        if (child._isLinked) UnlinkHoldingGate(child);
        _gate.Exit();
    }

    private void UnlinkHoldingGate(Scope child)
    {
        if (child._newerSibling is null) _newestChildScope = child._olderSibling;
        else child._newerSibling._olderSibling = child._olderSibling;
        if (child._olderSibling is not null) child._olderSibling._newerSibling = child._newerSibling;
        child._olderSibling = child._newerSibling = null;
        child._isLinked = false;
    }

    private Scope[] ChildScopesHoldingGate()
    {
        var count = 0;
        for (var child = _newestChildScope; child is not null; child = child._olderSibling) count++;
        if (count == 0) return [];

        var scopes = new Scope[count];
        for (var child = _newestChildScope; child is not null; child = child._olderSibling) scopes[--count] = child;
        return scopes;
    }

    /// <summary>Refuses to wait for the end of this scope in a flow that this scope itself waits for.</summary>
    private void RefuseToAwaitOneself(string operation, bool disposing)
    {
        if (ScopeFlow.Current is not { HasEnded: false } flow || !Awaits(flow, disposing, [])) return;
        throw new InvalidOperationException(
            $"{operation} of {Called} was called by {flow.Describe()} of {(flow.Scope == this ? "that scope" : flow.Scope.Called)}, " +
            $"whose end it would wait for: it could never return. Call it from outside; to stop the scope from inside, use {nameof(Cancel)}.");
    }

    /// <summary>Whether the end of this scope waits for <paramref name="flow"/>.</summary>
    internal bool AwaitsAtItsEnd(ScopeFlow flow) => Awaits(flow, disposing: true, []);

    /// <summary>
    /// Whether this scope's join, or its dispose, waits for <paramref name="flow"/>: because it is one of its own;
    /// because it disposes the child scope that the flow belongs to; or because it waits for the flow that created
    /// that scope.
    /// </summary>
    private bool Awaits(ScopeFlow flow, bool disposing, HashSet<ScopeFlow> seen)
    {
        for (var scope = flow.Scope; scope is not null; scope = scope._parent)
        {
            if (scope == this && (disposing || scope == flow.Scope && flow.IsJoined)) return true;

            var creator = Volatile.Read(ref scope._creator);
            if (creator is not { HasEnded: false } || !seen.Add(creator)) continue;
            if (Awaits(creator, disposing, seen)) return true;
            // That look has covered the parent and all above it.
            if (creator.Scope == scope._parent) return false;
        }
        return false;
    }
}
