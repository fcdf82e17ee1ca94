namespace GoGoScope.Testing;

/// <summary>Which names are the same lock, and what is left of them.</summary>
public abstract class KeysContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    /// <summary>Names that some store confuses, cuts, refuses or interprets.</summary>
    private static readonly string[] AwkwardNames =
    [
        "order", "Order", "ORDER", "order ", " order", "order\t", "order\n", "order\r\n",
        "ordér", "orde\u0301r", "straße", "strasse", "ı", "i", "İ", "注文", "🔒", "🔒🔒", "a\u200Bb", "ab", "\u202Eorder", "Å", "\u212B",
        "{order}", "{order", "order}", "{}", "{order}:1", "{order}:2", "[order]", "a*b", "a?b", "%order%", "_rder", "a:b", "a::b", "a/b", "a\\b", "a|b", "a,b", "a.b", "$1", "#", "-1", "0", "00", "1e3", "null", "true",
        "'order'", "\"order\"", "`order`", "';drop table locks;--", "\\'", "\\0",
        "\0", "a\0", "a\0b", "\0a", "a\0c", "\u0001", "\uFEFForder", "\uFFFD", "\uFFFE",
    ];

    /// <summary>Pairs with equal 32-bit hashes: Java's String.hashCode, FNV-1a, CRC-32.</summary>
    private static readonly string[] Colliding =
        ["AaAa", "BBBB", "AaBB", "BBAa", "costarring", "liquid", "declinate", "macallums", "altarage", "zinke", "plumless", "buckeroo"];

    [Test]
    public async Task Different_names_are_different_locks_all_at_once()
    {
        var names = Names().ToList();
        Assert.That(names, Is.Unique);
        var guards = new List<LockGuard>();
        foreach (var name in names)
        {
            var guard = await NewLock(name).TryAcquireAsync().Soon();
            Assert.That(guard, Is.Not.Null, $"\"{name[..Math.Min(name.Length, 80)]}\" was taken by one that is not equal to it");
            guards.Add(guard!.Value);
        }
        for (var i = 0; i < names.Count; i++)
        {
            Assert.That(guards[i].Key, Is.EqualTo(names[i]));
            Assert.That(await NewLock(names[i]).TryAcquireAsync().Soon(), Is.Null);
        }
        foreach (var guard in guards) await guard.DisposeAsync();
        foreach (var name in names) await (await NewLock(name).AcquireAsync().Soon()).DisposeAsync();
    }

    [Test]
    public async Task Equal_names_are_the_same_lock_whatever_string_they_stand_in()
    {
        var name = Key + new string('é', 100);
        await using var guard = await NewLock(name).AcquireAsync().Soon();
        Assert.That(await NewLock(new string(name.AsSpan())).TryAcquireAsync().Soon(), Is.Null);
    }

    [Test]
    public async Task Halves_of_surrogate_pairs_are_told_apart()
    {
        Needs(LockCapability.UnpairedSurrogates);
        await using var high = await NewLock(Key + "\uD800").TryAcquireAsync().Soon();
        await using var other = await NewLock(Key + "\uD801").TryAcquireAsync().Soon();
        await using var low = await NewLock(Key + "\uDC00").TryAcquireAsync().Soon();
        Assert.That(new[] { high, other, low }, Has.None.Null);
    }

    [TestCase("")]
    [TestCase(" ")]
    [TestCase("\t\n")]
    [TestCase("\u2003")]
    public void Empty_and_white_space_names_are_refused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => NewLock(name))!;
        Assert.That(error.Message, Does.Contain($"\"{name}\""));
    }

    [Test]
    public async Task Holders_of_other_keys_do_not_wait()
    {
        var guards = new List<LockGuard>();
        for (var i = 0; i < 200; i++) guards.Add(await NewLock($"{Key}:{i}").AcquireAsync().Soon());
        Assert.That(Harness.Provider.Snapshot(), Has.Count.EqualTo(200));
        foreach (var guard in guards) await guard.DisposeAsync();
    }

    [Test]
    public async Task The_same_key_is_serial_while_others_run()
    {
        const int Keys = 8;
        var counters = new int[Keys];
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < Harness.RoundsPerContender; round++)
            {
                var key = (i + round) % Keys;
                await using var guard = await NewLock($"{Key}:{key}").AcquireAsync();
                var seen = counters[key];
                await Task.Yield();
                counters[key] = seen + 1;
            }
        }))).Soon();
        Assert.That(counters.Sum(), Is.EqualTo(64 * Harness.RoundsPerContender));
    }

    [Test]
    public async Task Keys_used_once_leave_nothing_behind()
    {
        Needs(LockCapability.CountsWhatIsKept);
        for (var i = 0; i < Harness.KeysUsedOnce; i++)
        {
            await using var guard = await NewLock($"{Key}:{i}").AcquireAsync();
        }
        await NothingIsKeptAsync();
        Assert.That(Harness.Provider.Snapshot(), Is.Empty);
    }

    [Test]
    public async Task Keys_that_were_waited_for_leave_nothing_behind()
    {
        Needs(LockCapability.CountsWhatIsKept);
        for (var i = 0; i < Math.Min(200, Harness.KeysUsedOnce / 10); i++)
        {
            var key = $"{Key}:{i}";
            var holder = await NewLock(key).AcquireAsync().Soon();
            using var cancel = new CancellationTokenSource();
            var waiter = await Queue(NewLock(key));
            var leaver = await Queue(NewLock(key), cancellationToken: cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThatAsync(async () => await leaver.Soon(), Throws.InstanceOf<OperationCanceledException>());
            await holder.DisposeAsync();
            await (await waiter.Soon()).DisposeAsync();
        }
        await NothingIsKeptAsync();
    }

    /// <summary>Behind a prefix of this test, as tests may share a store; those that must stand alone have a new store or wait.</summary>
    private IEnumerable<string> Names()
    {
        foreach (var name in AwkwardNames.Concat(Colliding)) yield return Key + name;
        var long10K = new string('x', 10 * 1024);
        yield return Key + long10K;
        yield return Key + long10K + "a";
        yield return Key + long10K + "b";
        yield return Key + string.Concat(Enumerable.Repeat("🔒", 2560));
    }
}
