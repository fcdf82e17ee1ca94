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
        await using var holder = await provider.AcquireAsync(in good, default);

        var bad = new LockRequest { Key = Key, Timeout = Timeout.InfiniteTimeSpan, Options = null! };
        Assert.Catch(() => provider.AcquireAsync(in bad, default).AsTask());

        var stripe = provider.StripeOf(Key.GetHashCode());
        var isClosed = stripe.Gate.IsClosed;
        if (isClosed) stripe.Gate.Exit();
        Assert.That(isClosed, Is.False, "everybody who needs a key of this stripe would spin for ever");
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
