namespace GoGoScope.Quickstart.Tests;

public sealed class DeliveryQueueTests
{
    private static readonly Order[] Orders = [new("wh-1", "ada", "mug", 1, 100), new("wh-2", "bob", "mug", 1, 100)];

    private int _done;

    private DeliveryQueue NewQueue() => new(() => _done++);

    [Test]
    public async Task What_is_returned_is_delivered_again_and_only_what_is_done_counts()
    {
        _done = 0;
        var queue = NewQueue();
        var allDone = queue.AddAsync(Orders);

        var first = await queue.TakeAsync(default);
        queue.Return(first);
        queue.Done(await queue.TakeAsync(default));
        Assert.That(allDone.IsCompleted, Is.False);
        queue.Done(await queue.TakeAsync(default));

        await allDone.Soon();
        Assert.That(queue.Confirmed, Is.EquivalentTo(Orders));
        Assert.That(_done, Is.EqualTo(2));
    }

    [Test]
    public async Task After_its_stop_only_what_is_under_way_is_delivered()
    {
        var queue = NewQueue();
        var allDone = queue.AddAsync(Orders);
        var first = await queue.TakeAsync(default);

        queue.Stop();

        Assert.That(allDone.IsCompleted, Is.False);
        queue.Return(first);
        queue.Done(await queue.TakeAsync(default));
        await allDone.Soon();
        Assert.That(queue.Confirmed, Is.EqualTo(new[] { first }));
    }

    [Test]
    public async Task A_wait_for_the_next_order_can_be_cancelled_and_takes_none_along()
    {
        var queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        var waiting = queue.TakeAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());

        _ = queue.AddAsync(Orders);

        Assert.That(await queue.TakeAsync(default), Is.EqualTo(Orders[0]));
    }
}
