namespace GoGoScope.Testing;

/// <summary>Names, bodies and versions are kept as they are, to the last character and digit.</summary>
public abstract class StoreNamesContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    /// <summary>A length that every store has to take.</summary>
    private const int Long = 10_240;

    /// <summary>Names of which a careless store takes some for the same, or none at all.</summary>
    private static readonly string[] Odd =
    [
        "a", "A", "a ", " a", "a\0", "a\0b", "a\t", "a\n", "á", "a\u0301", "å", "Å", "ß", "ss", "ı", "i", "İ", "ﬁ", "fi", "e\u200d", "e",
        "'", "''", "\"", "`", "\\", "\\'", "$1", "@k", "%", "_", "*", "?", "[a]", "^", "--", "/*", ";", "{", "}", "{a}", "{b}a", "{}a", "a{b", ":", "::",
        "鍵", "🔒", "👩‍👩‍👧", "\u202eabc", "\uffff", "\ufeff", "\u0080", "null", "NULL", "0", "00", "-0",
        // the same by CRC-32
        "plumless", "buckeroo",
        // the same by the hash of Java's strings
        "Aa", "BB",
        // the same to their tenth kilobyte
        new string('k', Long) + "1", new string('k', Long) + "2",
    ];

    [Test]
    public async Task Names_that_differ_are_different()
    {
        // The long ones only once: twice would be more than a store has to take.
        var names = Odd.Where(odd => odd.Length < Long).Select(odd => $"{odd}{Key}{odd}").Concat(Odd.Select(odd => $"{Key}{odd}")).ToList();
        var taken = await Store.SwapManyAsync([.. names.Select((name, i) => Swapping(expected: 0, $"body {i}", draw: 1, name))], default).Soon();
        Assert.That(taken.Select(record => record.Body), Is.EqualTo(names.Select((_, i) => $"body {i}")), "none was taken by another one");
        for (var i = 0; i < names.Count; i++) Assert.That((await Read(names[i])).Body, Is.EqualTo($"body {i}"));
    }

    [TestCaseSource(nameof(Odd))]
    public async Task A_name_works_alone(string name)
    {
        name = $"{Key}{name}";
        var taken = await Take(key: name);
        Assert.That(State(await Read(name)), Is.EqualTo(State(taken)));
        await Free(taken, key: name);
        Assert.That((await Read(name)).IsFree);
    }

    [Test]
    public async Task Half_a_surrogate_pair_is_kept_or_refused()
    {
        const string High = "\ud83d";
        const string Low = "\udd12";
        if (Harness.WhyNot(StoreCapability.UnpairedSurrogates) is null)
        {
            await Take("high", key: $"{Key}{High}");
            Assert.That((await Take("low", key: $"{Key}{Low}")).Body, Is.EqualTo("low"));
        }
        else
        {
            // Replaced by a question mark, both would be one.
            await Assert.ThatAsync(() => Store.SwapAsync(Swapping(expected: 0, "high", key: $"{Key}{High}"), default).Soon(), Throws.InstanceOf<ArgumentException>());
            await Assert.ThatAsync(() => Store.SwapAsync(Swapping(expected: 0, Low), default).Soon(), Throws.InstanceOf<ArgumentException>());
            await Assert.ThatAsync(() => Store.ReadAsync($"{Key}{High}", default).Soon(), Throws.InstanceOf<ArgumentException>());
        }
    }

    [Test]
    public async Task The_empty_name_is_refused()
    {
        await Assert.ThatAsync(() => Store.ReadAsync("", default).Soon(), Throws.InstanceOf<ArgumentException>());
        await Assert.ThatAsync(() => Store.SwapAsync(Swapping(expected: 0, "body", key: "") with { Key = "" }, default).Soon(), Throws.InstanceOf<ArgumentException>());
    }

    [TestCase(1)]
    [TestCase(1_000)]
    [TestCase(8_000)]
    [TestCase(100_000)]
    public async Task Bodies_of_any_length_are_kept(int length)
    {
        var taken = await Take(Text(length));
        Assert.That((await Read()).Body, Is.EqualTo(Text(length)));
        // Longer and shorter than before.
        var changed = await Swap(Swapping(taken.Version, "short"));
        var again = await Swap(Swapping(changed.Version, Text(length)));
        Assert.That((await Refused(Swapping(expected: 0, "other"))).Body, Is.EqualTo(again.Body));
    }

    [Test]
    public async Task Bodies_of_any_characters_are_kept()
    {
        var record = await Take("0");
        foreach (var odd in Odd.Concat([" ", "0", "nil", "false", "\r\n", "\u0001\u0002"]))
        {
            record = await Swap(Swapping(record.Version, odd));
            Assert.That((await Read()).Body, Is.EqualTo(odd));
            Assert.That(record.IsFree, Is.False);
        }
    }

    [TestCase(1)]
    [TestCase(-1)]
    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    [TestCase(9_007_199_254_740_993, Description = "2^53 + 1: a double rounds it")]
    [TestCase(0x0123_4567_89ab_cdef)]
    public async Task Versions_are_kept_to_the_last_digit(long version)
    {
        await Swap(Swapping(expected: 0, "body") with { Version = version });
        Assert.That((await Read()).Version, Is.EqualTo(version));
        foreach (var near in new[] { version - 1, version + 1, version ^ 1 << 20 }.Where(near => near != 0))
            Assert.That((await Refused(Swapping(near, "other"))).Version, Is.EqualTo(version));
        await Swap(Swapping(version, "changed") with { Version = ~version == 0 ? 5 : ~version });
    }

    private static string Text(int length) => string.Create(length, 0, static (text, _) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = "holder α 鍵 "[i % 11];
    });
}
