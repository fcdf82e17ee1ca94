using GoGoScope.Tests.Scopes;
using ManualTimeProvider = GoGoScope.Testing.ManualTimeProvider;

namespace GoGoScope.Tests.Attacks;

public sealed class TransientClockTests
{
    [Test]
    public async Task A_timer_that_could_not_be_set_once_does_not_silence_the_deadlines_after_it()
    {
        var time = new ManualTimeProvider();
        var @lock = new Lock(CancellationToken.None, new LockOptions { TimeProvider = new OnceBroken(time) });
        await using var holder = await @lock.AcquireAsync();
        Assert.Catch<NotSupportedException>(() => @lock.TryAcquireAsync(TimeSpan.FromSeconds(1)).AsTask().GetAwaiter().GetResult());

        var wait = @lock.TryAcquireAsync(TimeSpan.FromSeconds(2)).AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await Task.WhenAny(wait, Task.Delay(TestTools.Hang)) == wait, "a wait of 2 s goes on after 5 s");
    }

    private sealed class OnceBroken(TimeProvider inner) : TimeProvider
    {
        private int _toBreak = 1;

        public override long TimestampFrequency => inner.TimestampFrequency;

        public override long GetTimestamp() => inner.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(this, inner.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(OnceBroken clock, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) =>
                Interlocked.Exchange(ref clock._toBreak, 0) == 1 ? throw new NotSupportedException("not now") : inner.Change(dueTime, period);

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
