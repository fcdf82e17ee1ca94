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
        var held = new Dictionary<string, LockGuard>();
        foreach (var key in keys)
        {
            var guard = Take(provider, key);
            Assert.That(guard, Is.Not.Null, key);
            held[key] = guard!.Value;
        }
        Assert.That(provider.EntryCount, Is.EqualTo(keys.Length));

        // From the middle of the bucket, its end and its beginning.
        foreach (var key in new[] { "Order", "order", "other", "order " })
        {
            Assert.That(Take(provider, key), Is.Null, key);
            held[key].DisposeAsync().Now();
            held.Remove(key);
            Assert.That(held.Values.All(other => other.IsHeld), key);
            Assert.That(provider.EntryCount, Is.EqualTo(held.Count));
        }
    }

    private static LockGuard? Take(InMemoryLockProvider provider, string key) => provider.TryAcquireAsync(
        new LockRequest { Key = key, KeyHash = Hash, Timeout = TimeSpan.Zero, Options = LockOptions.Default }, CancellationToken.None).Now();
}
