namespace GoGoScope.Testing;

/// <summary>The store's own clock decides whether a swap comes too early or too late.</summary>
public abstract class StoreClockContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    /// <summary>Whatever the time zones of server and sessions are.</summary>
    [Test]
    public async Task Every_process_is_told_the_time_of_the_same_clock_in_microseconds_since_1970_UTC()
    {
        var own = (await Read()).Now;
        var others = (await Harness.AnotherProcess.ReadAsync(Key, default).Soon()).Now;
        var taken = (await Swap(Swapping(expected: 0, "taken"), Harness.AnotherProcess)).Now;
        var freed = (await Swap(Swapping((await Read()).Version, ""))).Now;
        Assert.That(new[] { own, others, taken, freed }, Is.Ordered);
        Assert.That(freed - own, Is.LessThan(Hour / 2));
        Assert.That(own, Is.EqualTo((Harness.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds).Within(Hour / 2));
    }

    [Test]
    public async Task A_swap_that_comes_too_early_is_refused([Values] bool free)
    {
        var current = free ? await Read() : await Take();
        var early = Swapping(current.Version, "early") with { NotBefore = current.Now + Hour };
        Assert.That(State(await Refused(early)), Is.EqualTo(State(current)));
        Assert.That(State(await Read()), Is.EqualTo(State(current)));
    }

    [Test]
    public async Task A_swap_that_comes_too_late_is_refused([Values] bool free)
    {
        var current = free ? await Read() : await Take();
        foreach (var notAfter in new[] { current.Now, current.Now - Hour, 0, long.MinValue })
        {
            var late = Swapping(current.Version, "late") with { NotAfter = notAfter };
            Assert.That(State(await Refused(late)), Is.EqualTo(State(current)));
        }
        Assert.That(State(await Read()), Is.EqualTo(State(current)));
    }

    [Test]
    public async Task A_swap_between_the_two_succeeds([Values] bool free)
    {
        var current = free ? await Read() : await Take();
        await Swap(Swapping(current.Version, "in time") with { NotBefore = current.Now, NotAfter = current.Now + Hour });
    }

    [Test]
    public async Task The_time_comes()
    {
        var current = await Take();
        var waiting = Swapping(current.Version, "early") with { NotBefore = current.Now + 100_000 };
        StoredRecord answer = default;
        await Waiting.Until(
            async () =>
            {
                answer = await Store.SwapAsync(waiting, default).Soon();
                if (answer.Version == waiting.Version) return true;
                await Harness.PassAsync(TimeSpan.FromMicroseconds(Math.Max(0, waiting.NotBefore - answer.Now)));
                return false;
            },
            "its time has come");
        Assert.That(answer.Now, Is.GreaterThanOrEqualTo(waiting.NotBefore), "it came too early");
    }

    [Test]
    public async Task The_time_goes()
    {
        var current = await Take();
        await Harness.PassAsync(TimeSpan.FromMilliseconds(2));
        Assert.That(State(await Refused(Swapping(current.Version, "late") with { NotAfter = current.Now + 1_000 })), Is.EqualTo(State(current)));
    }

    [Test]
    public async Task One_that_is_refused_by_the_clock_draws_nothing()
    {
        var current = await Take();
        await Refused(Swapping(current.Version, "late", draw: 10) with { NotAfter = current.Now });
        Assert.That((await Read()).Fence, Is.EqualTo(current.Fence));
    }
}
