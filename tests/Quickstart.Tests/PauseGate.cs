using System.Threading.Channels;

namespace GoGoScope.Quickstart.Tests;

/// <summary>A pause that lasts until the test ends it, so that tests decide who does what when.</summary>
internal sealed class PauseGate
{
    private readonly Channel<TaskCompletionSource> _arrivals = Channel.CreateUnbounded<TaskCompletionSource>();

    /// <summary>How many are in the pause, and the test has not taken them out with <see cref="NextAsync"/>.</summary>
    public int Waiting => _arrivals.Reader.Count;

    public Task PauseAsync(CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _arrivals.Writer.TryWrite(end);
        return end.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the next one to come to the pause; its result ends that one's pause.</summary>
    public async Task<Action> NextAsync()
    {
        var end = await _arrivals.Reader.ReadAsync();
        return end.SetResult;
    }
}
