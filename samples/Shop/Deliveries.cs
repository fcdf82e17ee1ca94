using System.Collections.Concurrent;

namespace Shop;

/// <summary>The webhooks that were taken: a table, in a shop that is none of a sample's.</summary>
public sealed class Deliveries(IPayment payment)
{
    private readonly ConcurrentDictionary<string, int> _taken = new();

    /// <summary>How often each was taken.</summary>
    public IReadOnlyDictionary<string, int> Taken => _taken;

    /// <summary>Takes a webhook unless it was taken before. Correct only if nobody else does so meanwhile.</summary>
    public async Task<bool> TakeOnceAsync(string id, CancellationToken cancellationToken)
    {
        if (_taken.ContainsKey(id)) return false;
        await payment.PayAsync(cancellationToken);
        _taken.AddOrUpdate(id, 1, static (_, times) => times + 1);
        return true;
    }
}
