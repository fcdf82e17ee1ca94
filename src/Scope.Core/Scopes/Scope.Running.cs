using System.Diagnostics;

namespace GoGoScope;

// The children that have not ended: who has a slot, who waits for one, and when none is left.
public sealed partial class Scope
{
    // All that have not ended, by number, newest first.
    private Child? _newestChild;
    private long _lastChildStarted;

    // Those that wait for a slot, in the order they came.
    private Child? _firstPending;
    private Child? _lastPending;
    private int _slotsTaken;

    // What the end of the scope waits for: children that have not ended, and a cancellation whose callbacks still run.
    private int _active;
    private TaskCompletionSource? _idle;

    /// <summary>The number of the child that was started last; children are numbered from 1.</summary>
    internal long LastChildStarted => Volatile.Read(ref _lastChildStarted);

    /// <summary>Whether a child numbered above <paramref name="mark"/> has not ended; a cheap look, no more than a field or two.</summary>
    internal bool HasRunningChildAfter(long mark) => Volatile.Read(ref _newestChild) is { } child && child.Number > mark;

    private void Admit(Child child)
    {
        _gate.Enter();
        // What gets in while the scope is open and not cancelled is waited for by an end that lets children finish.
        if (_phase != Phase.Open || _reason is not null)
        {
            var closed = _phase == Phase.Closed;
            _gate.Exit();
            if (closed) throw Closed();
            child.NeverRuns();
            return;
        }
        child.Number = _lastChildStarted + 1;
        LinkHoldingGate(child);
        Volatile.Write(ref _lastChildStarted, child.Number);
        _active++;
        child.HasSlot = !child.OnlyCoordinates && _slotsTaken < _options.Slots;
        if (child.HasSlot) _slotsTaken++;
        else if (!child.OnlyCoordinates) EnqueueHoldingGate(child);
        var starts = child.IsStarted;
        _gate.Exit();

        if (starts) child.Queue();
    }

    /// <summary>The end of a child, also of one that never ran: its slot goes to the next one that waits.</summary>
    internal void Leave(Child child)
    {
        _gate.Enter();
        UnlinkHoldingGate(child);
        Child? next = null;
        if (child.HasSlot)
        {
            next = DequeueHoldingGate();
            if (next is null) _slotsTaken--;
            else next.HasSlot = true;
        }
        var idle = EndActivityHoldingGate();
        _gate.Exit();

        next?.Queue();
        idle?.SetResult();
    }

    /// <summary>Completes when no child is left, at this moment, and no cancellation is still being told.</summary>
    private Task UntilIdleAsync()
    {
        if (Volatile.Read(ref _active) == 0) return Task.CompletedTask;

        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate.Enter();
        var active = _active != 0;
        if (active) signal = _idle ??= signal;
        _gate.Exit();
        return active ? signal.Task : Task.CompletedTask;
    }

    private TaskCompletionSource? EndActivityHoldingGate()
    {
        Debug.Assert(_active > 0, "more activities ended than began");
        if (--_active != 0) return null;
        Debug.Assert(_newestChild is null && _firstPending is null && _slotsTaken == 0, "a scope without activity has children or taken slots");
        var idle = _idle;
        _idle = null;
        return idle;
    }

    private void EndActivity()
    {
        _gate.Enter();
        var idle = EndActivityHoldingGate();
        _gate.Exit();
        // Whoever waited goes on elsewhere: this may be the stack of somebody who only called Cancel.
        if (idle is not null) ThreadPool.UnsafeQueueUserWorkItem(static idle => idle.SetResult(), idle, preferLocal: true);
    }

    private void LinkHoldingGate(Child child)
    {
        child.Previous = _newestChild;
        if (_newestChild is not null) _newestChild.Next = child;
        Volatile.Write(ref _newestChild, child);
    }

    private void UnlinkHoldingGate(Child child)
    {
        if (child.Next is null) Volatile.Write(ref _newestChild, child.Previous);
        else child.Next.Previous = child.Previous;
        if (child.Previous is not null) child.Previous.Next = child.Next;
        child.EndHoldingGate();
    }

    private void EnqueueHoldingGate(Child child)
    {
        if (_lastPending is null) _firstPending = child;
        else _lastPending.NextPending = child;
        _lastPending = child;
    }

    private Child? DequeueHoldingGate()
    {
        var child = _firstPending;
        if (child is null) return null;
        _firstPending = child.NextPending;
        if (_firstPending is null) _lastPending = null;
        child.NextPending = null;
        return child;
    }
}
