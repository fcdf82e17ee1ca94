using System.Collections.Concurrent;

namespace Shop;

/// <summary>How many there are of each item. In memory, for a sample; it stands for a table that is read, and written a while later.</summary>
public sealed class Warehouse(IPayment payment)
{
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public int CountOf(string item) => _counts.GetValueOrDefault(item);

    public void Set(string item, int count) => _counts[item] = count;

    /// <summary>Sells one, unless none is left. Correct only if nobody else does so meanwhile.</summary>
    public async Task<bool> SellAsync(string item, CancellationToken cancellationToken)
    {
        var count = CountOf(item);
        if (count == 0) return false;
        await payment.PayAsync(cancellationToken);
        Set(item, count - 1);
        return true;
    }
}
