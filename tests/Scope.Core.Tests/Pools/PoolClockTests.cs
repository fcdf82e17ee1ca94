using System.Reflection;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Pools;

/// <summary>A clock that can't be read once costs a resource at the most, and never the pool.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PoolClockTests : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private readonly OnceUnreadable _clock = new();
    private readonly Factory _factory = new();
    private readonly Scope _scope;

    public PoolClockTests() => _scope = Scope.Create(new ScopeOptions { TimeProvider = _clock });

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync().AsTask().Soon();
        Assert.That(_factory.Alive, Is.Zero, "what is alive after the end of the scope");
    }

    [Test]
    public async Task What_was_just_made_is_destroyed_and_the_next_one_is_made()
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { MaxLifetime = Moment });
        _factory.Creating = (number, _) =>
        {
            if (number == 1) _clock.FailsAt(1);
            return Task.CompletedTask;
        };
        await Assert.ThatAsync(async () => await pool.AcquireAsync(), Throws.TypeOf<NotSupportedException>());
        Assert.That((pool.Statistics.Total, _factory.Destroyed.Count), Is.EqualTo((0, 1)));
        await (await pool.AcquireAsync().AsTask().Soon()).DisposeAsync();
    }

    [Test]
    public async Task What_was_just_checked_is_destroyed_and_another_one_made()
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { MaxLifetime = Moment, Validate = _factory.ValidateAsync });
        await (await pool.AcquireAsync()).DisposeAsync();
        _factory.IsHealthy = _ =>
        {
            _clock.FailsAt(1);
            return true;
        };
        await using var next = await pool.AcquireAsync().AsTask().Soon();
        Assert.That((next.Resource.Number, pool.Statistics.Total, _factory.Destroyed.Count), Is.EqualTo((2, 1, 1)));
    }

    [Test]
    public async Task Who_asks_with_a_timeout_leaves_nothing_behind([Values(1, 2, 3, 4)] int read, [Values] bool isTimed)
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { MaxLifetime = isTimed ? Moment : null });
        _clock.FailsAt(read);
        try
        {
            await (await pool.AcquireAsync(Moment).AsTask().Soon()).DisposeAsync();
        }
        catch (NotSupportedException)
        {
            // Not all that is asked for reads so often.
        }
        _clock.FailsAt(0);
        await Waiting.Until(() => pool.Statistics is { InUse: 0, Busy: 0 }, "it is lent to nobody");
        await (await pool.AcquireAsync(Moment).AsTask().Soon()).DisposeAsync();
        await pool.DisposeAsync().AsTask().Soon();
    }

    [Test]
    public async Task What_was_delivered_as_the_time_of_the_wait_could_not_be_set_is_the_callers()
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1));
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _factory.Creating = (_, _) => asked.Task;
        // It is read when the wait begins, when it is known what is left, and when that is set.
        _clock.FailsAt(3, () =>
        {
            asked.SetResult();
            SpinWait.SpinUntil(() => pool.Statistics.InUse == 1 && Running(pool) == 0, Waiting.HangLimit);
        });
        var lent = await pool.AcquireAsync(Moment).AsTask().Soon();
        Assert.That((lent.IsHeld, asked.Task.IsCompleted), Is.EqualTo((true, true)));
        await lent.DisposeAsync();
    }

    /// <summary>How many resources are being prepared.</summary>
    private static int Running(ResourcePool<Item> pool) =>
        (int)typeof(ResourcePool<Item>).GetField("_running", BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(pool)!;

    [Test]
    public async Task The_minimum_is_made_later_although_the_pause_could_not_be_set()
    {
        _factory.Creating = (number, _) =>
        {
            if (number == 1) _clock.FailsAt(1);
            return number <= 2 ? throw new FormatException("no luck") : Task.CompletedTask;
        };
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { Min = 1, RefillPause = Moment });
        await Waiting.Until(() => pool.Statistics is { CreateFailures: 1, Busy: 0 } && Running(pool) == 0, "the pool has tried");
        await Assert.ThatAsync(() => pool.AcquireAsync().AsTask().Soon(), Throws.TypeOf<FormatException>());
        await Waiting.Until(() => pool.Statistics.Idle == 1, "the pool has tried again");
    }

    [Test]
    public async Task Giving_back_never_throws([Values(1, 2, 3)] int read)
    {
        var pool = _scope.CreatePool(_factory.CreateAsync, _factory.Options(1) with { MaxLifetime = Moment, IdleTimeout = Moment });
        var lent = await pool.AcquireAsync();
        _clock.FailsAt(read);
        await lent.DisposeAsync();
        _clock.FailsAt(0);
        Assert.That((lent.IsHeld, pool.Statistics.InUse), Is.EqualTo((false, 0)));
        await (await pool.AcquireAsync().AsTask().Soon()).DisposeAsync();
    }

    /// <summary>Time stands still, and one of the next looks at it fails.</summary>
    private sealed class OnceUnreadable : TimeProvider
    {
        private readonly ManualTimeProvider _inner = new();
        private int _readsLeft;
        private Action? _before;

        public override long TimestampFrequency => _inner.TimestampFrequency;

        internal void FailsAt(int read, Action? before = null)
        {
            _before = before;
            Volatile.Write(ref _readsLeft, read);
        }

        public override long GetTimestamp()
        {
            if (Interlocked.Decrement(ref _readsLeft) != 0) return _inner.GetTimestamp();
            _before?.Invoke();
            throw new NotSupportedException("not now");
        }

        public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            _inner.CreateTimer(callback, state, dueTime, period);
    }
}
