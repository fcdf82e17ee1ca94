namespace GoGoScope.Testing;

/// <summary>Who has what can be seen from everywhere, and what hangs can be taken away.</summary>
public abstract class InspectionContract<THarness> : LockProviderContract<THarness> where THarness : LockProviderHarness, new()
{
    private bool SpansProcesses => Harness.WhyNot(LockCapability.SeveralProcesses) is null;

    [Test]
    public async Task A_key_that_nobody_uses_is_free()
    {
        var free = await Harness.Provider.InspectAsync(Key).Soon();
        Assert.That(free.IsFree);
        Assert.That(free.ToString(), Does.Contain(Key).And.Contain("free"));
        await using (await NewLock().AcquireAsync().Soon()) Assert.That((await Harness.Provider.InspectAsync(Key).Soon()).IsFree, Is.False);
        await Waiting.Until(async () => (await Harness.Provider.InspectAsync(Key)).IsFree, "it is free again");
    }

    [Test]
    public async Task Holder_and_waiters_are_seen_from_another_process()
    {
        var other = SpansProcesses ? Harness.AnotherProcess : Harness.Provider;
        var options = new LockOptions { Owner = "holder", TimeToLive = TimeSpan.FromMinutes(1) };
        await using var guard = await NewLock(options: options).AcquireAsync().Soon();
        var waiting = await Queue(NewLock(options: options with { Owner = "waiter" }, provider: other), LockMode.Read, new AcquireOptions { Priority = 7 }, other);

        var seen = await (SpansProcesses ? Harness.AnotherProcess : other).InspectAsync(Key).Soon();
        var (holder, waiter) = (seen.Holders.Single(), seen.Waiters.Single());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen.Key, Is.EqualTo(Key));
            Assert.That((holder.Owner, holder.Mode, holder.FencingToken), Is.EqualTo(("holder", LockMode.Exclusive, guard.FencingToken)));
            Assert.That((waiter.Owner, waiter.Mode, waiter.Priority, waiter.PassedOver), Is.EqualTo(("waiter", LockMode.Read, 7, 0)));
            if (SpansProcesses)
            {
                Assert.That(holder.Process, Is.Not.Null.And.Not.EqualTo(waiter.Process));
                Assert.That(holder.Remaining, Is.InRange(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)));
                Assert.That(holder.ExpiresAt, Is.EqualTo(seen.At + holder.Remaining));
            }
            Assert.That(seen.ToString(), Does.Contain("holder").And.Contain("waiter").And.Contain($"{guard.FencingToken}"));
        }
        await guard.DisposeAsync();
        await (await waiting.Soon()).DisposeAsync();
    }

    [Test]
    public async Task Permits_are_seen_as_what_they_are()
    {
        if (!Harness.Provider.GrantsPermits) Assert.Ignore($"{Harness.Provider.Name} grants no permits");
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = Harness.Provider, TimeProvider = Harness.Time });
        await using var guard = await scope.CreateSemaphore(Key, 5).AcquireAsync(3).Soon();
        var seen = await (SpansProcesses ? Harness.AnotherProcess : Harness.Provider).InspectAsync(Key).Soon();
        var holder = seen.Holders.Single();
        Assert.That((seen.Permits, holder.Mode, holder.Weight), Is.EqualTo((5, LockMode.Permits, 3)));
        Assert.That(seen.ToString(), Does.Contain("of 5 permits").And.Contain(", 3 permits, "));
        Assert.That(seen.ToJson(), Does.Contain("\"permits\":5").And.Contain("\"mode\":\"permits\",").And.Contain("\"weight\":3"));
    }

    [Test]
    public async Task All_keys_in_use_are_listed_by_prefix()
    {
        Needs(LockCapability.Listing);
        var other = SpansProcesses ? Harness.AnotherProcess : Harness.Provider;
        await using var one = await NewLock($"{Key}:1").AcquireReadAsync().Soon();
        await using var two = await NewLock($"{Key}:2", provider: other).AcquireAsync().Soon();
        await using var decoy = await NewLock($"not {Key}:3").AcquireAsync().Soon();
        var seen = new List<LockInspection>();
        await foreach (var key in Harness.Provider.InspectAllAsync($"{Key}:")) seen.Add(key);
        Assert.That(seen.Select(key => (key.Key, key.Holders.Single().Mode)), Is.EquivalentTo([($"{Key}:1", LockMode.Read), ($"{Key}:2", LockMode.Exclusive)]));
    }

    [Test]
    public async Task What_is_taken_away_by_force_goes_to_who_waits_and_its_holder_hears_of_it([Values(LockMode.Exclusive, LockMode.Read)] LockMode mode)
    {
        var other = Distributed(SpansProcesses ? Harness.AnotherProcess : Harness.Provider);
        var hung = await NewLock(options: new LockOptions { Owner = "hung", TimeToLive = Harness.Moment * 12 }).Acquire(mode).Soon();
        var lost = hung.LostToken;
        var waiting = await Queue(NewLock(provider: other), provider: other);

        var was = await other.ForceReleaseAsync(Key).Soon();
        Assert.That(was.Holders.Single().Owner, Is.EqualTo("hung"));
        await using var next = await waiting.Soon();
        Assert.That(next.FencingToken, Is.GreaterThan(hung.FencingToken));
        // At once or at its next renewal.
        if (!HasRealClock) await Harness.PassAsync(Harness.Moment * 5);
        await Waiting.Until(() => lost.IsCancellationRequested, "the holder hears of it");
        Assert.That(hung.IsHeld, Is.False);
        await hung.DisposeAsync();
        Assert.That(next.IsHeld, "what is released late harms nobody");
    }

    [Test]
    public async Task Nothing_is_taken_away_where_nobody_holds()
    {
        var provider = Distributed(Harness.Provider);
        Assert.That((await provider.ForceReleaseAsync(Key).Soon()).IsFree);
        await using var guard = await NewLock().AcquireAsync().Soon();
        Assert.That(guard.IsHeld);
    }

    [TestCase("")]
    [TestCase(" ")]
    public async Task A_key_that_is_none_is_refused(string key) =>
        await Assert.ThatAsync(async () => await Harness.Provider.InspectAsync(key), Throws.InstanceOf<ArgumentException>().With.Message.Contain($"\"{key}\""));

    private LeasedLockProvider Distributed(ILockProvider provider)
    {
        if (provider is LeasedLockProvider leased) return leased;
        Assert.Ignore($"{provider.Name}: nobody outside of this process could take anything away");
        throw new InvalidOperationException();
    }
}
