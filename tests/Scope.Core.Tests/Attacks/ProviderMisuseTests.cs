using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Attacks;

/// <summary>The provider is public: a bad request must be refused before it changes anything.</summary>
public sealed class ProviderMisuseTests
{
    [Test]
    public async Task A_request_without_options_does_not_leave_the_gate_of_its_stripe_closed()
    {
        const string Key = "misuse";
        var provider = new InMemoryLockProvider();
        var good = new LockRequest { Key = Key, Timeout = Timeout.InfiniteTimeSpan, Options = LockOptions.Default };
        var holder = await provider.AcquireAsync(in good, default);

        var bad = new LockRequest { Key = Key, Timeout = Timeout.InfiniteTimeSpan, Options = null! };
        Exception? refusal = null;
        Task? ghost = null;
        try { ghost = provider.AcquireAsync(in bad, default).AsTask(); }
        catch (Exception error) { refusal = error; }

        // Somebody else, who did nothing wrong.
        Exception? innocent = null;
        try { holder.DisposeAsync().AsTask().Wait(); }
        catch (Exception error) { innocent = error; }

        var stripe = provider.StripeOf(Key.GetHashCode());
        var isClosed = stripe.Gate.IsClosed;
        if (isClosed) stripe.Gate.Exit();
        Assert.Multiple(() =>
        {
            Assert.That(refusal, Is.InstanceOf<ArgumentException>(), "the request was not refused");
            Assert.That(ghost, Is.Null);
            Assert.That(innocent, Is.Null, "the holder's dispose, which never throws, threw");
            Assert.That(isClosed, Is.False, "everybody who needs a key of this stripe would spin for ever");
        });
    }

    [Test]
    public async Task A_request_whose_options_contradict_each_other_leaves_no_hold()
    {
        var provider = new InMemoryLockProvider();
        var bad = new LockRequest { Key = "misuse", Timeout = Timeout.InfiniteTimeSpan, Options = new LockOptions { AutoRenew = false } };
        Assert.Catch(() => provider.AcquireAsync(in bad, default).AsTask());
        await Task.Yield();
        Assert.That(provider.EntryCount, Is.Zero, "the caller got an exception, and the key stays locked for ever");
    }
}
