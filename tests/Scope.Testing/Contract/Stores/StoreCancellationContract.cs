namespace GoGoScope.Testing;

/// <summary>Whoever gives up is let go at once, and the store works on.</summary>
public abstract class StoreCancellationContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    [Test]
    public async Task A_token_that_is_cancelled_already_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Cancels(() => Store.SwapAsync(Swapping(expected: 0, "cancelled"), cancelled).Soon());
        await Cancels(() => Store.SwapManyAsync([Swapping(expected: 0, "cancelled")], cancelled).Soon());
        await Cancels(() => Store.ReadAsync(Key, cancelled).Soon());
        await Cancels(() => Store.WatchAsync("p", new NotedNews(), cancelled).Soon());
        Assert.That((await Read()).Version, Is.Zero);
    }

    [Test]
    public async Task Cancelling_on_the_way_leaves_the_old_record_or_the_new_one_and_a_store_that_works()
    {
        var expected = State(await Take());
        var (done, cancelled) = (0, 0);
        for (var round = 0; round < 100; round++)
        {
            using var cancel = new CancellationTokenSource();
            var swap = Swapping(expected.Version, $"round {round}", draw: 1);
            var swapping = Store.SwapAsync(swap, cancel.Token).AsTask();
            for (var spin = 0; spin < round % 10 * 200 && !swapping.IsCompleted; spin++) Thread.SpinWait(10);
            await cancel.CancelAsync();
            try
            {
                await swapping.Soon();
                done++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }
            // The server may still be doing it: what is swapped next is either refused, or ends that.
            var next = Swapping(expected.Version, "next", draw: 1);
            var answer = await Store.SwapAsync(next, default).Soon();
            Assert.That(answer.Version, Is.EqualTo(next.Version).Or.EqualTo(swap.Version), $"round {round}");
            expected = State(answer);
        }
        TestContext.Out.WriteLine($"done {done}, cancelled {cancelled}");
    }

    private static async Task Cancels(Func<Task> call) => await Assert.ThatAsync(() => call(), Throws.InstanceOf<OperationCanceledException>());
}
