namespace GoGoScope;

// What the runner waits for that is in no hurry: whatever comes up meanwhile comes first.
internal sealed partial class KeyAgent
{
    // Whether something has come up since it was last asked what is to be done.
    private bool _hasMore;

    // What is waited for now: true when it has come, false when something else has come up.
    private TaskCompletionSource<bool>? _patience;
    private bool _isInLine;

    /// <summary>Waits until this process may stand in queues, or there is something else to do.</summary>
    private async Task GetReadyToWaitAsync(KeyRunner runner)
    {
        // One that has failed while something else was done is an answer, too.
        if (runner.GettingReady is null or { IsCompletedSuccessfully: true }) (runner.GettingReady, runner.GettingReadySince) = (_provider.GetReadyToWaitAsync(), Deadlines.Now);
        var ready = runner.GettingReady;
        if (BeginToWait() is { } patience)
        {
            await Task.WhenAny(ready, patience.Task).ConfigureAwait(false);
            EndWait();
        }
        if (!ready.IsCompleted) return;
        (runner.GettingReady, runner.StartedAt) = (null, runner.GettingReadySince);
        await ready.ConfigureAwait(false);
        _isReadyToWait = true;
    }

    /// <summary>
    /// Where nobody here wants anything of the key, and only what has become of earlier requests is to be found out: waits for its turn
    /// among all such keys, or until there is something else to do.
    /// </summary>
    private async Task WaitForTurnAsync(KeyRunner runner)
    {
        if (BeginToWait(isInLine: true) is not { } patience) return;
        runner.HasTurn = await _provider.Turns.TakeAsync(patience).ConfigureAwait(false);
        EndWait();
    }

    private void GiveTurnBack(KeyRunner runner)
    {
        if (runner.HasTurn) _provider.Turns.GiveBack();
        runner.HasTurn = false;
    }

    /// <summary>What is complete when something comes up; null if that is so already, or if there is nothing to stand in line for.</summary>
    private TaskCompletionSource<bool>? BeginToWait(bool isInLine = false)
    {
        lock (_gate)
        {
            if (_hasMore || (isInLine && (IsWanted || !IsConcerned || _provider.HasEnded))) return null;
            _isInLine = isInLine;
            return _patience = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void EndWait()
    {
        lock (_gate) (_patience, _isInLine) = (null, false);
    }
}
