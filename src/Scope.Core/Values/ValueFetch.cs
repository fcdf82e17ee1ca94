namespace GoGoScope;

/// <summary>One fetch of an <see cref="ExpiringValue{T}"/>, and how many wait for it.</summary>
internal sealed class ValueFetch<T>(CancellationTokenSource cancelled, bool isAhead)
{
    /// <summary>Begun while the value before it still served, so that nobody needs to wait; as long as that serves, who leaves does not take it along.</summary>
    internal bool IsAhead => isAhead;

    /// <summary>Cancelled when nobody waits for it any more, or the value is disposed.</summary>
    internal CancellationToken Cancelled => cancelled.Token;

    // Under the gate of the value.
    internal int Waiters;

    /// <summary>Whether the fetch before it has ended, and it has seen that it is needed.</summary>
    internal bool HasBegun;
    internal Task<FetchOutcome<T>> Task = null!;

    /// <summary>When the fetch before it has ended; they never overlap.</summary>
    internal required Task Before { get; init; }

    internal void Cancel() => cancelled.Cancel();

    /// <summary>When this returns its token is cancelled; when the task has ended, so have the token's callbacks.</summary>
    internal Task AbandonAsync() => cancelled.CancelAsync();
}
