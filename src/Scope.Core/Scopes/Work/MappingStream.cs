using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace GoGoScope;

/// <summary>The same as <see cref="Mapping{TSource, TResult}"/>, for a reader who takes one result after the other.</summary>
internal sealed class MappingStream<TSource, TResult>(
    Scope scope, Func<ItemSource<TSource>> open, Func<TSource, CancellationToken, ValueTask<TResult>> map, int maxConcurrency) : IAsyncEnumerable<TResult>
{
    public IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellationToken = default) => ReadAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None);

    private async IAsyncEnumerable<TResult> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var inner = scope.CreateCancellableChild(new ScopeOptions { Name = "map", FailurePolicy = scope.FailurePolicy }, cancellationToken);
        // An early end of the reading ends it, too.
        await using var end = inner.ConfigureAwait(false);
        // One that is done and was not read keeps its place here, so there are never more than so many of both kinds.
        var started = Channel.CreateBounded<ScopeTask<TResult>>(new BoundedChannelOptions(maxConcurrency) { SingleReader = true, SingleWriter = true });
        inner.Run(token => StartAllAsync(inner, started.Writer, token));
        while (await HasMoreAsync(inner, started.Reader).ConfigureAwait(false))
        {
            started.Reader.TryPeek(out var oldest);
            var result = await ResultAsync(inner, oldest!).ConfigureAwait(false);
            started.Reader.TryRead(out _);
            yield return result;
        }
        await inner.EndAsync().ConfigureAwait(false);
    }

    private async Task StartAllAsync(Scope inner, ChannelWriter<ScopeTask<TResult>> started, CancellationToken token)
    {
        try
        {
            var source = inner.Own(open());
            while (await started.WaitToWriteAsync(token).ConfigureAwait(false))
            {
                if (await source.TakeAsync(token).ConfigureAwait(false) is not { } taken) return;
                started.TryWrite(inner.Start(token => map(taken.Item, token)));
            }
        }
        finally
        {
            started.Complete();
        }
    }

    private static async ValueTask<bool> HasMoreAsync(Scope inner, ChannelReader<ScopeTask<TResult>> started)
    {
        try
        {
            return await started.WaitToReadAsync(inner.Token).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            ExceptionDispatchInfo.Throw(await inner.EndAfterAsync(error).ConfigureAwait(false));
            throw;
        }
    }

    private static async ValueTask<TResult> ResultAsync(Scope inner, ScopeTask<TResult> child)
    {
        try
        {
            return await child.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            ExceptionDispatchInfo.Throw(await inner.EndAfterAsync(error).ConfigureAwait(false));
            throw;
        }
    }
}
