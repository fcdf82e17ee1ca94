using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks;

/// <summary>Keys with one hash: it chooses where to look, and the name decides.</summary>
public sealed class CollidingKeysTests
{
    private const int Hash = 7;

    [Test]
    public void Keys_with_equal_hashes_are_different_locks()
    {
        var provider = new InMemoryLockProvider();
        string[] keys = ["order", "Order", "order ", "other"];
        var held = new Dictionary<string, (Hold Hold, long Token)>();
        foreach (var key in keys)
        {
            var hold = Take(provider, key, out var token);
            Assert.That(hold, Is.Not.Null, key);
            held[key] = (hold!, token);
        }
        Assert.That(provider.EntryCount, Is.EqualTo(keys.Length));

        // From the middle of the bucket, its end and its beginning.
        foreach (var key in new[] { "Order", "order", "other", "order " })
        {
            Assert.That(Take(provider, key, out _), Is.Null, key);
            held[key].Hold.ReleaseAsync(held[key].Token).Now();
            held.Remove(key);
            Assert.That(held.Values.All(other => other.Hold.IsHeld(other.Token)), key);
            Assert.That(provider.EntryCount, Is.EqualTo(held.Count));
        }
    }

    private static Hold? Take(InMemoryLockProvider provider, string key, out long token) =>
        provider.TryTakeFree(key, Hash, LockMode.Exclusive, LockOptions.Default, scope: null, @lock: null, out token);
}
