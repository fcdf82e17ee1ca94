using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.HandOver;

/// <summary>Who finds out what has become of requests of nobody does so in turn.</summary>
public sealed class SettlingTurnTests : HandOverFixture
{
    [Test]
    public async Task A_turn_is_over_when_the_doubt_is_also_if_somebody_has_come_for_the_key_by_then()
    {
        var faults = new SlowReads();
        var way = new FaultyLockStore(Store, faults, Time);
        var process = await OpenAsync(way);
        way.Outage = StoreOutage.Refuses;
        var trying = LockOf(process).TryAcquireAsync().AsTask();
        for (var passed = TimeSpan.Zero; passed < Options.StoreTimeout + TimeSpan.FromSeconds(1); passed += TimeSpan.FromMilliseconds(500)) await PassAsync(TimeSpan.FromMilliseconds(500));
        await Assert.ThatAsync(() => trying.Soon(), Throws.TypeOf<LockProviderException>());
        Assert.That(process.Turns.Taken, Is.EqualTo(1));

        var guard = await Take(There);
        way.Outage = StoreOutage.None;
        faults.AreSlow = true;
        Time.Advance(TimeSpan.FromMilliseconds(500));
        await Waiting.Until(() => faults.Reads > 0 && way.UnderWay > 0, "it finds out, and the answer is on its way");
        var waiting = Take(process);
        Time.Advance(TimeSpan.FromSeconds(1));
        try
        {
            await Waiting.Until(() => faults.Swaps > 0, "it asks for somebody");
            Assert.That(process.Turns.Taken, Is.Zero);
        }
        finally
        {
            faults.AreSlow = false;
            Time.Advance(Options.StoreTimeout);
        }
        await Assert.ThatAsync(() => waiting.Soon(), Throws.TypeOf<LockProviderException>());
        await PassAsync(TimeSpan.FromSeconds(1));
        await ReleaseAsync(guard);
    }

    /// <summary>Reads of the key take a second, and swaps of it are not answered.</summary>
    private sealed class SlowReads : IStoreFaults
    {
        private int _reads;
        private int _swaps;

        internal bool AreSlow { get; set; }

        internal int Reads => Volatile.Read(ref _reads);

        internal int Swaps => Volatile.Read(ref _swaps);

        public CallFault OnCall(in StoreCall request)
        {
            if (!AreSlow || request.Key != $"lock:{Key}") return default;
            Interlocked.Increment(ref request.Kind == StoreCallKind.Read ? ref _reads : ref _swaps);
            return request.Kind == StoreCallKind.Read ? new() { ReplyDelay = TimeSpan.FromSeconds(1) } : new() { LosesRequest = true };
        }

        public NewsFault OnNews(string key) => default;
    }
}
