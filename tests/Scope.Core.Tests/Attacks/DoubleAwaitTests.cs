using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

public sealed class DoubleAwaitTests
{
    [Test]
    public async Task Two_threads_that_take_one_result_do_not_damage_other_waits()
    {
        var @lock = new Lock(CancellationToken.None);
        for (var round = 0; round < 3_000; round++)
        {
            var holder = await @lock.AcquireAsync();
            var misused = @lock.AcquireAsync();
            await holder.DisposeAsync();
            SpinWait.SpinUntil(() => misused.IsCompleted);
            using var start = new Barrier(2);
            var takers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait();
                return misused.GetAwaiter().GetResult();
            })).ToArray();
            foreach (var taker in takers) await taker.Error();
            var guard = takers.First(taker => taker.IsCompletedSuccessfully).Result;

            // Two honest callers.
            var first = @lock.AcquireAsync().AsTask();
            var second = @lock.AcquireAsync().AsTask();
            await guard.DisposeAsync();
            var one = await first.Soon();
            Assert.That(second.IsCompleted, Is.False, $"round {round}: two hold the lock");
            await one.DisposeAsync();
            await (await second.Soon()).DisposeAsync();
        }
    }

    [Test]
    public async Task A_result_that_was_taken_is_refused_the_second_time([Values] bool isWatched)
    {
        using var caller = new CancellationTokenSource();
        var @lock = new Lock(CancellationToken.None);
        var holder = await @lock.AcquireAsync();
        var waiting = @lock.AcquireAsync(isWatched ? caller.Token : CancellationToken.None);
        var again = waiting;
        await holder.DisposeAsync();
        await using var guard = await waiting;

        await Assert.ThatAsync(async () => await again, Throws.InvalidOperationException);
        Assert.That(guard.IsHeld);
    }
}
