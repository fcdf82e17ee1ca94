namespace GoGoScope;

/// <summary>One thing that a process wants of the record of a key, and what is to happen when it is done or can't be.</summary>
internal abstract class KeyJob
{
    /// <summary>The command. It is asked for again for each try, since what is to be done may have changed.</summary>
    internal abstract LockCommand Command { get; }

    /// <summary>Its outcome stands in the store.</summary>
    internal abstract void Done(in Transition transition);

    /// <summary>It was tried as long as that makes sense. Whether it has had an effect is not known.</summary>
    internal abstract void Failed(LockProviderException error);
}

/// <summary>To be granted the key, or to stand in its queue.</summary>
internal sealed class EnterJob(KeyAgent agent, Attempt attempt) : KeyJob
{
    internal Attempt Attempt => attempt;

    internal override LockCommand Command => new LockCommand.Enter(attempt.Contender, attempt.MayWait && agent.IsReadyToWait);

    internal override void Done(in Transition transition)
    {
        // Whoever is granted the key is found in the record, by whatever swap it came there.
        if (transition.Outcome == RecordOutcome.Refused) agent.Refuse(attempt);
        if (transition.Outcome == RecordOutcome.QueueFull) agent.RefuseForQueue(attempt);
    }

    internal override void Failed(LockProviderException error) => agent.Fail(attempt, error);
}

/// <summary>To hold the key no longer, or to wait for it no longer.</summary>
internal sealed class LeaveJob(KeyAgent agent, ContenderId id, long lastUsedToken, bool isWait) : KeyJob
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal override LockCommand Command { get; } = new LockCommand.Leave(id, lastUsedToken);

    /// <summary>Complete when the store knows, or when it was given up.</summary>
    internal Task Completion => _completion.Task;

    internal override void Done(in Transition transition) => _completion.SetResult();

    internal override void Failed(LockProviderException error)
    {
        GoGoScopeEventSource.Log.StoreFailed(error);
        // A lease ends by itself. A wait does not, as long as this process lives: it would be granted the key for nobody.
        if (isWait) agent.SubmitLater(this);
        else _completion.SetResult();
    }
}

/// <summary>To hold the key for longer.</summary>
internal sealed class RenewJob(LeasedHold hold, long timeToLive) : KeyJob
{
    internal override LockCommand Command { get; } = new LockCommand.Renew(hold.Id, timeToLive);

    internal override void Done(in Transition transition)
    {
        if (transition.Outcome == RecordOutcome.Renewed) hold.Renewed(transition.ExpiresAt);
        else hold.Lose("the store no longer has it");
    }

    internal override void Failed(LockProviderException error)
    {
        GoGoScopeEventSource.Log.StoreFailed(error);
        hold.NotRenewed(error);
    }
}
