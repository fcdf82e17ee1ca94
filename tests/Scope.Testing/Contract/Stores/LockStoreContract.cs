namespace GoGoScope.Testing;

/// <summary>What every suite of the stores' contract has: a fresh harness, a key of its own, and short words for swaps.</summary>
/// <typeparam name="THarness">The store under test.</typeparam>
public abstract class LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    /// <summary>A time that no test lasts, in microseconds.</summary>
    protected const long Hour = 3_600_000_000;

    /// <summary>The store under test.</summary>
    protected THarness Harness { get; private set; } = null!;

    /// <inheritdoc cref="LockStoreHarness.Store"/>
    protected ILockStore Store => Harness.Store;

    /// <summary>A key of this test alone.</summary>
    protected string Key { get; private set; } = "";

    /// <summary>Whether the tests of this suite restart the server.</summary>
    protected virtual bool OwnServer => false;

    /// <summary>Makes the harness and connects.</summary>
    [SetUp]
    public async Task Open()
    {
        Harness = new THarness();
        if (OwnServer) Needs(StoreCapability.Restart);
        await Harness.OpenAsync(OwnServer);
        Key = Harness.NewKey();
    }

    /// <summary>Disconnects.</summary>
    [TearDown]
    public async Task Close() => await Harness.DisposeAsync();

    /// <summary>Skips the test, with the reason, where the store lacks <paramref name="capability"/>.</summary>
    protected void Needs(StoreCapability capability)
    {
        if (Harness.WhyNot(capability) is { } reason) Assert.Ignore(reason);
    }

    /// <summary>A random version.</summary>
    protected static long NewVersion() => Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>A swap that nothing but the expected version can refuse, and whose record is kept for hours.</summary>
    protected LockSwap Swapping(long expected, string body, long draw = 0, string? key = null) => new()
    {
        Key = key ?? Key,
        Expected = expected,
        Version = NewVersion(),
        Body = body,
        Draw = draw,
        NotAfter = long.MaxValue,
        // 2100-01-01
        KeepUntil = 4_102_444_800_000_000,
    };

    /// <summary>Does a swap, which must succeed.</summary>
    protected async Task<StoredRecord> Swap(LockSwap swap, ILockStore? store = null)
    {
        var answer = await (store ?? Store).SwapAsync(swap, default).Soon();
        Assert.That((answer.Version, answer.Body), Is.EqualTo((swap.Version, swap.Body)), "the swap succeeded");
        return answer;
    }

    /// <summary>Takes <paramref name="key"/>, which must be free: gives it a body and draws a token.</summary>
    protected Task<StoredRecord> Take(string body = "taken", int draw = 1, string? key = null) => Swap(Swapping(expected: 0, body, draw, key));

    /// <summary>Frees what <paramref name="held"/> says.</summary>
    protected Task<StoredRecord> Free(StoredRecord held, int draw = 0, string? key = null) => Swap(Swapping(held.Version, body: "", draw, key));

    /// <summary>Does a swap, which must be refused.</summary>
    protected async Task<StoredRecord> Refused(LockSwap swap)
    {
        var answer = await Store.SwapAsync(swap, default).Soon();
        Assert.That(answer.Version, Is.Not.EqualTo(swap.Version), "the swap was refused");
        return answer;
    }

    /// <summary>The record of <paramref name="key"/>.</summary>
    protected Task<StoredRecord> Read(string? key = null) => Store.ReadAsync(key ?? Key, default).Soon();

    /// <summary>Less the clock, which goes on.</summary>
    protected static StoredRecord State(StoredRecord record) => record with { Now = 0 };
}
