using System.Runtime.InteropServices;

namespace GoGoScope.Quickstart;

/// <summary>
/// What is in each account before the first order: four fifths of what the file orders, each webhook counted once, and
/// enough for the largest order. So most orders can be settled, and the last ones find an empty purse or shelf.
/// </summary>
internal sealed record OpeningBooks(IReadOnlyDictionary<string, long> Amounts)
{
    public static OpeningBooks For(IEnumerable<Order> orders)
    {
        var wanted = new Dictionary<string, (long Sum, long Largest)>();
        foreach (var order in orders.DistinctBy(order => order.WebhookId))
        {
            Add(order.CustomerKey, order.Cents);
            Add(order.ProductKey, order.Quantity);
        }
        return new(wanted.ToDictionary(entry => entry.Key, entry => Math.Max(entry.Value.Sum * 4 / 5, entry.Value.Largest)));

        void Add(string key, long amount)
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(wanted, key, out _);
            entry = (entry.Sum + amount, Math.Max(entry.Largest, amount));
        }
    }
}
