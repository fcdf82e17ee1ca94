using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GoGoScope.Quickstart;

/// <summary>
/// Stands for the payment service, which delivers each order until somebody has confirmed it: at least once, that is, and it
/// is the receiver who sees to it that nothing is done twice.
/// </summary>
/// <param name="onDone">Called for each order that was confirmed, from any thread.</param>
internal sealed class DeliveryQueue(Action onDone)
{
    private readonly Channel<Order> _waiting = Channel.CreateUnbounded<Order>();
    private readonly ConcurrentQueue<Order> _confirmed = new();
    private TaskCompletionSource _allDone = new();
    private int _open;

    /// <summary>What was confirmed so far.</summary>
    public IReadOnlyCollection<Order> Confirmed => _confirmed;

    /// <summary>Adds orders; not before all that were added earlier are done. The task completes when these are.</summary>
    public Task AddAsync(IReadOnlyCollection<Order> orders)
    {
        _allDone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _open = orders.Count;
        foreach (var order in orders) _waiting.Writer.TryWrite(order);
        return _allDone.Task;
    }

    /// <summary>Takes an order, to confirm or return it; waits if there is none.</summary>
    public ValueTask<Order> TakeAsync(CancellationToken cancellationToken) => _waiting.Reader.ReadAsync(cancellationToken);

    public void Done(Order order)
    {
        _confirmed.Enqueue(order);
        onDone();
        Close();
    }

    public void Return(Order order) => _waiting.Writer.TryWrite(order);

    /// <summary>Delivers no more than what is under way.</summary>
    public void Stop()
    {
        while (_waiting.Reader.TryRead(out _)) Close();
    }

    private void Close()
    {
        if (Interlocked.Decrement(ref _open) == 0) _allDone.TrySetResult();
    }
}
