namespace GoGoScope;

/// <summary>A child with a result.</summary>
internal sealed class ResultChild<T>(Scope scope, Delegate work) : Child(scope, work)
{
    // Not inline: whoever awaits the child would run on before it has left the scope and given up its slot.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task<T> Task => _completion.Task;

    private protected override async Task RunAsync()
    {
        try
        {
            var result = await Work.InvokeAsync<CancellationToken, T>(TakeWork(), Scope.Token).ConfigureAwait(false);
            End();
            _completion.SetResult(result);
        }
        catch (Exception error)
        {
            Fail(error);
        }
        Scope.Leave(this);
    }

    private protected override void SetException(Exception error)
    {
        _completion.SetException(error);
        // The scope reports it; the finalizer of a task that nobody awaited must not do so again.
        _ = _completion.Task.Exception;
    }

    private protected override void SetCanceled(CancellationToken token) => _completion.SetCanceled(token);
}
