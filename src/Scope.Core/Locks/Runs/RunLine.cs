namespace GoGoScope;

/// <summary>
/// The runs of this process that are queued for one key: what is needed to stop them all, and nothing else. The queue is that of
/// the provider.
/// </summary>
/// <param name="stop">Its own; never disposed, for a source without a timer holds nothing.</param>
internal sealed class RunLine(CancellationTokenSource stop)
{
    // Of the table, under its gate.
    internal int Count;

    private Exception? _failure;

    /// <summary>Cancelled when the line is stopped.</summary>
    internal CancellationToken Stopped => stop.Token;

    /// <summary>What has stopped the line; null if nothing has.</summary>
    internal Exception? Failure => Volatile.Read(ref _failure);

    internal void MarkStopped(Exception failure) => Volatile.Write(ref _failure, failure);

    /// <summary>Tells them. Completes when all their waits were told.</summary>
    internal Task TellAsync() => stop.CancelAsync();
}
