namespace GoGoScope.Testing;

/// <summary>What was done although its reply was lost, and what arrives when nobody waits for it any more.</summary>
public abstract class LostReplyContract<THarness> : OwnServerContract<THarness> where THarness : ServerProcessHarness, new()
{
    [Test]
    public async Task An_acquire_whose_reply_was_lost_has_the_token_that_it_was_granted()
    {
        var proxy = OpenProxy();
        var provider = await OpenAsync(proxy);
        proxy.LosesReplies = true;
        var acquiring = NewLock(provider).AcquireAsync().AsTask();
        var granted = (await Probe.UntilAsync(Key, record => record.Holders.Count == 1, "the store has granted it")).Holders.Single();
        await CutAfterLossAsync(proxy);
        await using var guard = await acquiring.Soon();
        Assert.That(guard.FencingToken, Is.EqualTo(granted.Token));
        Assert.That((await Probe.LookAsync(Key)).Holders.Single().Id, Is.EqualTo(granted.Id));
    }

    [Test]
    public async Task An_acquire_that_was_given_up_when_its_reply_was_lost_is_undone()
    {
        var proxy = OpenProxy();
        var (provider, other) = (await OpenAsync(proxy), await OpenAsync());
        using var giveUp = new CancellationTokenSource();
        proxy.LosesReplies = true;
        var acquiring = NewLock(provider).AcquireAsync(giveUp.Token).AsTask();
        await Probe.UntilAsync(Key, record => record.Holders.Count == 1, "the store has granted it");
        await giveUp.CancelAsync();
        await Assert.ThatAsync(() => acquiring.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await CutAfterLossAsync(proxy);
        // Its lease would last for longer than anybody waits here.
        await (await NewLock(other).AcquireAsync().Soon()).DisposeAsync();
    }

    [Test]
    public async Task A_release_whose_reply_was_lost_does_not_free_the_next_hold()
    {
        var proxy = OpenProxy();
        // What reaches a busy server later than that has no effect, and no reply says that it has to be said again.
        var provider = await OpenAsync(proxy, new LeaseOptions { StoreTimeout = Waiting.HangLimit, ReleaseTimeout = Waiting.HangLimit });
        var (other, third) = (await OpenAsync(), await OpenAsync());
        var guard = await NewLock(provider).AcquireAsync().Soon();
        proxy.LosesReplies = true;
        var releasing = guard.DisposeAsync().AsTask();
        await using var next = await NewLock(other).AcquireAsync().Soon();
        await CutAfterLossAsync(proxy);
        await releasing.Soon();
        // What the provider does once more, it has done by the time it acquires again.
        Assert.That(await NewLock(provider).TryAcquireAsync().Soon(), Is.Null);
        Assert.That(next.IsHeld);
        Assert.That(await NewLock(third).TryAcquireAsync().Soon(), Is.Null);
        Assert.That((await Probe.LookAsync(Key)).Holders.Single().Token, Is.EqualTo(next.FencingToken));
    }

    [Test]
    public async Task A_renewal_that_fails_once_is_no_loss()
    {
        var timeToLive = TimeSpan.FromSeconds(5);
        var proxy = OpenProxy();
        var provider = await OpenAsync(proxy, EndsSoon with { RenewalsPerLease = 5 });
        await using var guard = await NewLock(provider, timeToLive).AcquireAsync().Soon();
        proxy.LosesReplies = true;
        await CutAfterLossAsync(proxy);
        // The one whose reply was lost may have been done.
        var lease = (await Probe.LookAsync(Key)).Holders.Single();
        await Probe.UntilAsync(Key, record => record.Holders.Single().ExpiresAt > lease.ExpiresAt, "it is renewed again");
        await Probe.UntilTimeAsync(lease.ExpiresAt);
        Assert.That(guard.IsHeld);
        Assert.That(guard.LostToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public async Task A_request_that_arrives_too_late_makes_no_holder()
    {
        var proxy = OpenProxy();
        var (provider, other) = (await OpenAsync(proxy, new LeaseOptions { StoreTimeout = TimeSpan.FromMilliseconds(300) }), await OpenAsync());
        var before = proxy.RoundTrips;
        proxy.HoldRequests();
        await Assert.ThatAsync(() => NewLock(provider).AcquireAsync().Soon(), Throws.TypeOf<LockProviderException>());
        await Waiting.Until(() => proxy.RoundTrips > before, "the request is on its way");
        proxy.PassRequests();
        await (await NewLock(other).AcquireAsync().Soon()).DisposeAsync();
        // Whatever was held back, and whatever the provider does about it, the key stays free.
        await (await AcquireAgainAsync(provider)).DisposeAsync();
        await (await NewLock(other).AcquireAsync().Soon()).DisposeAsync();
    }

    private static async Task CutAfterLossAsync(CountingProxy proxy)
    {
        await Waiting.Until(() => proxy.LostReplies > 0, "a reply is lost");
        proxy.LosesReplies = false;
        proxy.CutAll();
    }
}
