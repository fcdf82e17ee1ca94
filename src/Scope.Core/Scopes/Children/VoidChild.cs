namespace GoGoScope;

/// <summary>A child without a result; <paramref name="completion"/> is null if nobody can await it.</summary>
internal sealed class VoidChild(Scope scope, Delegate work, TaskCompletionSource? completion) : Child(scope, work)
{
    internal Task Task => completion!.Task;

    private protected override async Task RunAsync()
    {
        try
        {
            await Work.InvokeAsync(TakeWork(), Scope.Token).ConfigureAwait(false);
            End();
            completion?.SetResult();
        }
        catch (Exception error)
        {
            Fail(error);
        }
        Scope.Leave(this);
    }

    private protected override void SetException(Exception error)
    {
        if (completion is null) return;
        completion.SetException(error);
        // The scope reports it; the finalizer of a task that nobody awaited must not do so again.
        _ = completion.Task.Exception;
    }

    private protected override void SetCanceled(CancellationToken token) => completion?.SetCanceled(token);
}
