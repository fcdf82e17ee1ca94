using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Who waits looks for itself now and then, whatever else happens in its process.</summary>
public sealed class LookingTests : HandOverFixture
{
    [Test]
    public async Task Those_who_come_and_go_do_not_put_it_off()
    {
        var guard = await Take(There);
        var waiting = await QueueAsync(Here);
        Store.IsMute = true;
        await ReleaseAsync(guard);
        // A quarter more than the time between two looks is the most.
        for (var passed = TimeSpan.Zero; passed <= Options.SafetyPoll * 1.25; passed += TimeSpan.FromSeconds(2))
        {
            await PassAsync(TimeSpan.FromSeconds(2));
            if (!waiting.IsCompleted) Assert.That(await LockOf(Here).TryAcquireAsync(), Is.Null);
        }
        await ReleaseAsync(await waiting.Soon());
    }

    [Test]
    public async Task News_that_comes_after_nobody_used_the_key_any_more_takes_nothing_from_who_uses_it_now()
    {
        var before = await Take(Here);
        var former = Here.AgentOf(Key)!;
        var news = await Store.ReadAsync($"lock:{Key}", CancellationToken.None);
        await ReleaseAsync(before);
        await Waiting.Until(() => Here.KnownKeys == 0, "nobody uses it any more");
        var now = await Take(Here);
        former.Tell(news with { Now = Store.Now + 1 });
        await QuietAsync();
        await Waiting.Until(() => former.IsIdle, "it has made of that what it could");
        Assert.That((now.IsHeld, Store.RecordOf(Key).Holders.Length), Is.EqualTo((true, 1)));
        await ReleaseAsync(now);
    }

    [Test]
    public async Task News_that_its_turn_has_come_is_heeded_although_a_look_has_overtaken_it()
    {
        var guard = await Take(There);
        var waiting = await QueueAsync(Here);
        Store.IsMute = true;
        var before = Store.Now;
        await PassAsync(Options.SafetyPoll * 1.25);
        await ReleaseAsync(guard);
        // Of the time at which the swap began, which others did not see before it was done.
        Here.AgentOf(Key)!.Tell(await Store.ReadAsync($"lock:{Key}", CancellationToken.None) with { Now = before });
        await ReleaseAsync(await waiting.Soon());
    }
}
