namespace GoGoScope;

/// <summary>
/// A request that stands in a <see cref="WaitQueue"/>. Its place there belongs to the queue, under the gate of whoever owns
/// that; as a <see cref="Deadline"/> it is the request's time-out.
/// </summary>
internal abstract class QueuedRequest : Deadline
{
    internal PriorityLevel? Level;
    internal QueuedRequest? Previous;

    /// <summary>Whoever owns the queue may link those with it that wait for nothing.</summary>
    internal QueuedRequest? Next;

    internal long Ticket;
    internal int Marks;

    internal LockMode Mode { get; private protected set; }

    internal int Priority { get; private protected set; }
}
