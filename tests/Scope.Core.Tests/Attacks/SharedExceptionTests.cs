using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

/// <summary>One exception object that many scopes throw, as a cached faulted task gives it to everybody who awaits it.</summary>
public sealed class SharedExceptionTests
{
    [Test]
    public async Task An_exception_that_is_thrown_again_and_again_collects_no_more_than_it_may()
    {
        var cached = Task.FromException(new Boom("could not initialise"));
        Exception? thrown = null;
        for (var request = 0; request < 600; request++)
        {
            thrown = await Scope.RunAsync(async s =>
            {
                var first = s.Start(_ => cached);
                await first.Error();
                s.Defer(_ => Task.FromException(new Boom("of one request")));
            }).Error();
        }
        Assert.That(thrown!.GetSuppressed(), Has.Count.EqualTo(257), "what was there, as far as it is kept, and its own");
    }

    [Test]
    public async Task A_token_whose_source_was_disposed_waits_as_one_that_is_never_cancelled()
    {
        var @lock = new Lock(CancellationToken.None);
        var holder = await @lock.AcquireAsync();
        var source = new CancellationTokenSource();
        var token = source.Token;
        source.Dispose();
        var wait = @lock.AcquireAsync(token).AsTask();
        await holder.DisposeAsync();
        await (await wait.Soon()).DisposeAsync();
        Assert.That(await @lock.TryAcquireAsync(), Is.Not.Null);
    }
}

internal static class ScopeTaskErrors
{
    internal static async Task<Exception?> Error(this ScopeTask task)
    {
        try
        {
            await task;
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }
}
