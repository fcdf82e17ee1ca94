namespace GoGoScope;

/// <summary>Something that is due at a time: a wait that gives up, a lease that ends, a scope whose time is over.</summary>
internal abstract class Deadline
{
    internal const int NotQueued = -1;

    /// <summary>When it is due, in timestamps of the queue's <see cref="TimeProvider"/>. Owned by the queue.</summary>
    internal long DueAt;

    /// <summary>Its place in the queue's heap. Owned by the queue.</summary>
    internal int HeapIndex = NotQueued;

    /// <summary>Called once when the time has come, on a timer's thread, with no gate held.</summary>
    /// <param name="now">The timestamp by which it is due. A clock that fails when it is read again would leave undone what is due.</param>
    internal abstract void OnDue(long now);
}
