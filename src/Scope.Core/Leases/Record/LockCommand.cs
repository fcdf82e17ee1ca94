namespace GoGoScope;

/// <summary>
/// What a process does to the record of a key. Each can be repeated, for when a reply was lost: applied to what it made, it
/// changes nothing and gives the same answer.
/// </summary>
internal abstract record LockCommand
{
    private LockCommand(ContenderId id) => Id = id;

    /// <summary>Whose hold or wait it is about.</summary>
    internal ContenderId Id { get; }

    /// <summary>
    /// Acquires, or looks again while waiting: <see cref="RecordOutcome.Granted"/>, <see cref="RecordOutcome.Waiting"/>,
    /// <see cref="RecordOutcome.Refused"/>, <see cref="RecordOutcome.QueueFull"/> or <see cref="RecordOutcome.InOtherUse"/>.
    /// </summary>
    /// <param name="Contender">Who asks.</param>
    /// <param name="MayWait">Whether it is put into the queue if it can't be granted at once. It isn't taken out if it is there.</param>
    internal sealed record Enter(Contender Contender, bool MayWait) : LockCommand(Contender.Id);

    /// <summary>
    /// Releases a hold or gives up a wait, and enters the process's next contender in the same swap:
    /// <see cref="RecordOutcome.Released"/>, or what <see cref="Enter"/> says of the next one.
    /// </summary>
    /// <param name="Leaver">Who leaves. It doesn't matter whether it still is there.</param>
    /// <param name="LastUsedToken">The last of its tokens that anybody may have seen; the ones after it can be given back.</param>
    /// <param name="Next">Who comes in its stead, and waits if it has to: in the place of whoever gives up a wait, at the end otherwise. Another id.</param>
    internal sealed record Leave(ContenderId Leaver, long LastUsedToken, Contender? Next = null) : LockCommand(Leaver);

    /// <summary>
    /// Moves the end of a lease away, never nearer: <see cref="RecordOutcome.Renewed"/>, or <see cref="RecordOutcome.Lost"/> if
    /// the hold has expired or isn't there.
    /// </summary>
    /// <param name="Holder">Whose lease it is.</param>
    /// <param name="TimeToLive">How long it lasts from now, in microseconds; more than zero.</param>
    internal sealed record Renew(ContenderId Holder, long TimeToLive) : LockCommand(Holder);

    /// <summary>
    /// Draws tokens for guards that a hold is going to be handed to, until there are as many as asked for:
    /// <see cref="RecordOutcome.Granted"/> with those that are not used yet, or <see cref="RecordOutcome.Lost"/>.
    /// </summary>
    /// <param name="Holder">Whose hold it is.</param>
    /// <param name="Count">
    /// How many tokens it wants to have, up to <see cref="RecordLimits.MaxDraw"/>. It gets fewer if others have drawn ahead, or if
    /// the swap had to draw for others; repeated, it may then get more.
    /// </param>
    /// <param name="LastUsedToken">The last of its tokens that anybody may have seen.</param>
    internal sealed record DrawMore(ContenderId Holder, int Count, long LastUsedToken) : LockCommand(Holder);

    /// <summary>
    /// Gives a waiter a higher priority, because a better contender of its process waits behind it:
    /// <see cref="RecordOutcome.Waiting"/>, <see cref="RecordOutcome.Granted"/>, or <see cref="RecordOutcome.Lost"/> if it isn't there.
    /// </summary>
    /// <param name="Waiter">Who waits.</param>
    /// <param name="Priority">The new priority. A lower one than it has changes nothing.</param>
    internal sealed record Raise(ContenderId Waiter, int Priority) : LockCommand(Waiter);
}
