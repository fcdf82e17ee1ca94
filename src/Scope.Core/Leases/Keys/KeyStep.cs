namespace GoGoScope;

/// <summary>One thing that this process wants of the record of a key now, and what follows from the answer.</summary>
internal abstract class KeyStep
{
    internal abstract LockCommand Command { get; }

    /// <summary>
    /// The last arrival that the answer of the store has to be later than, where it changes nothing: whoever is refused, or relies on
    /// a lease, does so by what is so after it came.
    /// </summary>
    internal virtual long MustBeLaterThan(RecordOutcome outcome) => 0;

    /// <summary>Who has to hold the key for the step to be taken; null if it is taken in any case.</summary>
    internal virtual ContenderId? After => null;

    /// <summary>Whether <paramref name="outcome"/> means that the process has to get ready to wait first.</summary>
    internal virtual bool NeedsToWait(RecordOutcome outcome) => false;

    /// <summary>Under the agent's gate: the outcome stands in the store.</summary>
    internal abstract void Done(in Transition transition, Tidings tidings);
}

/// <summary>To have the process's contender in the queue, or to look whether its turn has come, for those of the first <paramref name="arrivals"/> that wait.</summary>
internal sealed class ContendStep(KeyAgent agent, KeyContender contender, long arrivals, bool mayWait) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Enter(contender.Contender, mayWait);

    internal override long MustBeLaterThan(RecordOutcome outcome) => outcome is RecordOutcome.QueueFull or RecordOutcome.InOtherUse ? arrivals : 0;

    internal override bool NeedsToWait(RecordOutcome outcome) => outcome == RecordOutcome.Refused;

    internal override void Done(in Transition transition, Tidings tidings)
    {
        if (transition.Outcome == RecordOutcome.QueueFull) agent.RefuseForQueue(contender, arrivals, tidings);
        if (transition.Outcome == RecordOutcome.InOtherUse) agent.RefuseForOtherUse(contender, arrivals, transition.Record.Permits, tidings);
    }
}

/// <summary>To grant permits to somebody who waits here, if whoever ranks <paramref name="before"/> has them; else it goes on waiting here.</summary>
internal sealed class FollowStep(Contender contender, ContenderId? before) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Enter(contender, MayWait: false);

    internal override ContenderId? After => before;

    // Whoever is granted permits is found in the record.
    internal override void Done(in Transition transition, Tidings tidings)
    {
    }
}

/// <summary>To give a contender that waits the priority of a better one that has come behind it.</summary>
internal sealed class RaiseStep(KeyContender contender, int priority) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Raise(contender.Id, priority);

    // Its priority is found in the record.
    internal override void Done(in Transition transition, Tidings tidings)
    {
    }
}

/// <summary>To be granted the key at once or not at all.</summary>
internal sealed class TryStep(KeyAgent agent, Attempt attempt, Contender contender) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Enter(contender, MayWait: false);

    internal override long MustBeLaterThan(RecordOutcome outcome) => attempt.Arrival;

    internal override void Done(in Transition transition, Tidings tidings)
    {
        // Whoever is granted the key is found in the record, by whatever swap it came there.
        if (transition.Outcome is RecordOutcome.Refused or RecordOutcome.QueueFull) agent.Refuse(attempt, tidings);
        if (transition.Outcome == RecordOutcome.InOtherUse) agent.RefuseForOtherUse(attempt, transition.Record.Permits, tidings);
    }
}

/// <summary>To stand in the record no longer; and, in the same moment, to have another stand there.</summary>
internal sealed class LeaveStep(KeyAgent agent, ContenderId id, long lastUsedToken, KeyContender? next, long arrivals) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Leave(id, lastUsedToken, next?.Contender);

    internal override void Done(in Transition transition, Tidings tidings)
    {
        if (transition.Outcome == RecordOutcome.QueueFull) agent.RefuseForQueue(next!, arrivals, tidings);
    }
}

/// <summary>To hold the key for longer.</summary>
internal sealed class RenewStep(KeyAgent agent, KeyLease lease, KeyLease.WantedTime wanted) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.Renew(lease.Id, wanted.TimeToLive);

    // If the record says that it lasts longer anyway, the store is asked whether the record is still so.
    internal override long MustBeLaterThan(RecordOutcome outcome) => wanted.Arrival;

    internal override void Done(in Transition transition, Tidings tidings)
    {
        if (transition.Outcome == RecordOutcome.Renewed) agent.Renewed(lease, wanted, transition.ExpiresAt, tidings);
        else agent.NotFound();
        if (TelemetryMaking.IsOver && Telemetry.Renewals.Enabled) Count(transition.Outcome == RecordOutcome.Renewed ? RenewalOutcome.Renewed : RenewalOutcome.Lost, tidings);
    }

    private void Count(string outcome, Tidings tidings) => tidings.Add(() => Telemetry.Renewed(agent.ProviderName, outcome));
}

/// <summary>To have tokens for those of this process who wait.</summary>
internal sealed class DrawStep(KeyAgent agent, KeyLease lease) : KeyStep
{
    internal override LockCommand Command { get; } = new LockCommand.DrawMore(lease.Id, lease.Kind.TokenShare, lease.LastUsedToken);

    internal override void Done(in Transition transition, Tidings tidings)
    {
        if (transition.Outcome == RecordOutcome.Lost) agent.NotFound();
        // There are none to be had for now, as others have drawn too many.
        else lease.IsSpent = !transition.Changed;
    }
}
