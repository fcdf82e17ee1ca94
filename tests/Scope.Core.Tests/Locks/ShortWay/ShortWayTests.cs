using GoGoScope.Testing;

namespace GoGoScope.Tests.ShortWay;

/// <summary>What is taken and given back past the gate, while others are at the gate.</summary>
[NonParallelizable]
public sealed class ShortWayTests
{
    private const int Rounds = 50_000;

    private static readonly LockRequest Exclusive = new() { Key = "", Mode = LockMode.Exclusive, Timeout = TimeSpan.Zero, Options = LockOptions.Default };

    private readonly LockEntry _entry = new(LockOptions.Default, scope: null, owner: null!);

    private Hold Hold => _entry.ShortHold!;

    [Test]
    public void One_of_both_ways_takes_it()
    {
        (long Short, long Long) tokens = default;
        Race.Run(
            Rounds,
            prepare: _ => tokens = default,
            first: () => tokens.Short = Hold.TryTakeShort(0),
            second: () => tokens.Long = TakeLong(),
            firstWon: round =>
            {
                Assert.That(tokens.Short == 0, Is.Not.EqualTo(tokens.Long == 0), $"round {round}: {tokens}");
                _entry.Release(Hold, Math.Max(tokens.Short, tokens.Long));
                return tokens.Short != 0;
            });
    }

    [Test]
    public void Who_comes_to_wait_as_it_is_given_back_is_granted_it()
    {
        Task<LockGuard> waiting = null!;
        var token = 0L;
        Race.Run(
            Rounds,
            prepare: _ => token = Hold.TryTakeShort(0),
            first: () => Release(token),
            second: () => waiting = _entry.Acquire(Exclusive with { Timeout = Timeout.InfiniteTimeSpan }, answersNull: false, CancellationToken.None).ToTask().AsTask(),
            firstWon: round =>
            {
                var atOnce = waiting.IsCompletedSuccessfully;
                var guard = waiting.WaitAsync(Waiting.HangLimit).GetAwaiter().GetResult();
                Assert.That(guard.FencingToken, Is.GreaterThan(token), $"round {round}");
                _entry.Release((Hold)guard.Hold, guard.FencingToken);
                Assert.That(_entry.IsHeld, Is.False, $"round {round}");
                return atOnce;
            });
    }

    [Test]
    public void Given_back_twice_it_is_free_once()
    {
        var (token, next) = (0L, 0L);
        Race.Run(
            Rounds,
            prepare: _ => (token, next) = (Hold.TryTakeShort(0), 0),
            first: () => Release(token),
            second: () =>
            {
                Release(token);
                next = Hold.TryTakeShort(0);
            },
            firstWon: round =>
            {
                Assert.That(next, Is.EqualTo(token + 1), $"round {round}: it was free when its own release had returned");
                Assert.That(((LockHold)Hold).IsHeld(next), $"round {round}: and what came next is held");
                Release(next);
                return true;
            });
    }

    [Test]
    public void It_is_held_while_somebody_looks_at_it()
    {
        var token = 0L;
        var (isHeld, holders) = (false, 0);
        Race.Run(
            Rounds,
            prepare: _ => token = Hold.TryTakeShort(0),
            first: () =>
            {
                isHeld = true;
                for (var i = 0; i < 20; i++) isHeld &= Hold.IsHeld(token);
            },
            second: () => holders = _entry.ToSnapshot().Holders.Count,
            firstWon: round =>
            {
                Assert.That((isHeld, holders), Is.EqualTo((true, 1)), $"round {round}");
                Release(token);
                return true;
            });
    }

    [Test]
    public void Nobody_takes_it_that_was_closed([Values] bool isHeld)
    {
        var entry = new LockEntry(LockOptions.Default, scope: null, owner: null!);
        var hold = entry.ShortHold!;
        var token = isHeld ? hold.TryTakeShort(0) : 0;
        entry.EndShortWay();
        Assert.That(entry.IsHeld, Is.EqualTo(isHeld));
        entry.Release(hold, token);
        Assert.That((entry.IsHeld, hold.TryTakeShort(0)), Is.EqualTo((false, 0L)));
    }

    [Test]
    public void Nobody_takes_it_while_it_is_closed()
    {
        LockEntry entry = null!;
        Hold hold = null!;
        var (token, later) = (0L, 0L);
        Race.Run(
            Rounds / 10,
            prepare: _ =>
            {
                entry = new LockEntry(LockOptions.Default, scope: null, owner: null!);
                (hold, token) = (entry.ShortHold!, 0);
            },
            first: () => token = hold.TryTakeShort(0),
            second: () =>
            {
                entry.EndShortWay();
                later = hold.TryTakeShort(0);
            },
            firstWon: round =>
            {
                Assert.That(later, Is.Zero, $"round {round}");
                Assert.That(entry.IsHeld, Is.EqualTo(token != 0), $"round {round}");
                return token != 0;
            });
    }

    [Test]
    public void A_guard_that_was_disposed_leaves_it_open([Values] bool renews)
    {
        var hold = (LockHold)Hold;
        var token = Hold.TryTakeShort(0);
        Release(token);
        if (renews) Assert.That(hold.RenewAsync(token, TimeSpan.FromSeconds(1), CancellationToken.None).AsTask().Exception, Is.Not.Null);
        else Assert.Throws<ObjectDisposedException>(() => hold.OwnerOf(token));
        Assert.That(Hold.TryTakeShort(0), Is.EqualTo(token + 1));
        Release(token + 1);
    }

    [Test]
    public void Tokens_rise_whichever_way_they_are_drawn()
    {
        var last = 0L;
        for (var i = 0; i < 100; i++)
        {
            var token = i % 3 == 0 ? TakeLong() : Hold.TryTakeShort(0);
            Assert.That(token, Is.GreaterThan(last), "and it was free");
            last = token;
            // One of them seen at the gate while it is held.
            if (i % 5 == 0) Assert.That(_entry.ToSnapshot().Holders.Single().FencingToken, Is.EqualTo(token));
            Release(token);
        }
    }

    [TestCase(Hold.MostOnShortWay, true)]
    [TestCase(Hold.MostOnShortWay + 1, false)]
    [TestCase(int.MaxValue, false)]
    public async Task Permits_that_do_not_fit_beside_a_token_take_the_gate(int permits, bool isShort)
    {
        await using var scope = Scope.Create();
        var semaphore = scope.CreateSemaphore(permits);
        Assert.That(new LockEntry(permits, LockOptions.Default, scope: null, owner: null!).ShortHold is not null, Is.EqualTo(isShort));
        await using (var all = await semaphore.AcquireAsync(permits))
        {
            Assert.That((semaphore.CurrentCount, all.Weight), Is.EqualTo((0, permits)));
            Assert.That(await semaphore.TryAcquireAsync(), Is.Null);
        }
        await using var one = await semaphore.AcquireAsync();
        Assert.That((semaphore.CurrentCount, one.Weight), Is.EqualTo((permits - 1, 1)));
    }

    [Test]
    public async Task Whoever_disposes_it_beside_another_finds_it_closed([Values] bool isSemaphore)
    {
        await using var scope = Scope.Create();
        Lock @lock = null!;
        AsyncSemaphore semaphore = null!;
        var refused = new bool[2];
        Race.Run(
            Rounds / 10,
            prepare: _ => (@lock, semaphore) = (scope.CreateLock(), scope.CreateSemaphore(4)),
            first: () => refused[0] = IsRefused(),
            second: () => refused[1] = IsRefused(),
            firstWon: round =>
            {
                Assert.That(refused, Is.All.True, $"round {round}");
                return round % 2 == 0;
            });

        bool IsRefused()
        {
            var disposing = isSemaphore ? semaphore.DisposeAsync().AsTask() : @lock.DisposeAsync().AsTask();
            disposing.Wait();
            var acquiring = isSemaphore ? (Task)semaphore.AcquireAsync().AsTask() : @lock.AcquireAsync().AsTask();
            return acquiring is { IsFaulted: true, Exception.InnerException: ObjectDisposedException };
        }
    }

    [TestCase(1, 1)]
    [TestCase(1969, 1)]
    [TestCase(2150, 3L << 50)]
    [TestCase(9999, 3L << 50)]
    public void Tokens_do_not_depend_on_a_clock_that_shows_another_century(int year, long first)
    {
        var token = Stripe.FirstToken(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Hold.OpenHoldingGate(token);
        var taken = Hold.TryTakeShort(Hold.MostOnShortWay);
        Assert.That((token, taken), Is.EqualTo((first, first + 1)));
        Release(taken);
        Hold.OpenHoldingGate(Stripe.FirstToken(DateTimeOffset.UtcNow));
    }

    private long TakeLong() => _entry.Acquire(in Exclusive, answersNull: true, CancellationToken.None).ToTryTask().AsTask().Result?.FencingToken ?? 0;

    /// <summary>As a guard does it.</summary>
    private void Release(long token) => Assert.That(Hold.ReleaseAsync(token).AsTask().IsCompletedSuccessfully);
}
