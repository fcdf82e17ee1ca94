using System.Diagnostics;

namespace GoGoScope;

/// <summary>Those who wait with one priority, in the order they came.</summary>
internal sealed class PriorityLevel
{
    internal int Priority;
    internal PriorityLevel? Lower;
    internal QueuedRequest? Head;
    internal int ExclusiveCount;

    private QueuedRequest? _tail;

    /// <summary>
    /// How often the head was passed over: the sum of the marks of all waiters here, since a mark counts for the waiter
    /// it was left on and for all before it.
    /// </summary>
    internal int HeadPassedOver { get; private set; }

    internal bool IsHeadAged => HeadPassedOver >= Lock.MaxPassedOver;

    internal void Append(QueuedRequest waiter)
    {
        waiter.Level = this;
        waiter.Previous = _tail;
        if (_tail is null) Head = waiter;
        else _tail.Next = waiter;
        _tail = waiter;
        if (waiter.Mode != LockMode.Read) ExclusiveCount++;
    }

    internal void Remove(QueuedRequest waiter)
    {
        Debug.Assert(waiter.Level == this, "a waiter is removed from a level it is not in");
        if (waiter.Previous is { } previous)
        {
            previous.Next = waiter.Next;
            previous.Marks += waiter.Marks;
        }
        else
        {
            Head = waiter.Next;
            HeadPassedOver -= waiter.Marks;
        }
        if (waiter.Next is { } next) next.Previous = waiter.Previous;
        else _tail = waiter.Previous;

        if (waiter.Mode != LockMode.Read) ExclusiveCount--;
        waiter.Level = null;
        waiter.Previous = null;
        waiter.Next = null;
        waiter.Marks = 0;
        Debug.Assert(HeadPassedOver >= 0 && (Head is not null || HeadPassedOver == 0), "the marks of a level do not add up");
    }

    /// <summary>Somebody with <paramref name="ticket"/> was granted the lock: counts it for all here who came earlier.</summary>
    internal void CountPassedOver(long ticket)
    {
        if (Head!.Ticket > ticket) return;
        var last = _tail!;
        while (last.Ticket > ticket) last = last.Previous!;
        last.Marks++;
        HeadPassedOver++;
    }

    /// <summary>All who wait here, with how often each was passed over.</summary>
    internal void CopyTo(List<(QueuedRequest Waiter, int PassedOver)> list)
    {
        var passedOver = HeadPassedOver;
        for (var waiter = Head; waiter is not null; waiter = waiter.Next)
        {
            list.Add((waiter, passedOver));
            passedOver -= waiter.Marks;
        }
    }
}
