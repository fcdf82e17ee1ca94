using System.Diagnostics;

namespace GoGoScope.Stress;

/// <summary>A random mixture of everything that semaphores and pools do, by many tasks at once, with what must hold checked all the while.</summary>
public sealed class PermitRun
{
    private const int MostThings = 5;

    private readonly Ledger[] _ledgers;
    private readonly CancellationTokenSource?[] _offered;
    private readonly ThingCount _things;
    private long _turns;
    private long _granted;
    private long _ended;

    /// <summary>Prepares a run.</summary>
    public PermitRun(StressOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _ledgers = [.. new[] { 1, 2, 5, 16 }.Select(permits => new Ledger($"semaphore-{permits}", permits, Violations))];
        _offered = new CancellationTokenSource?[options.Tasks];
        _things = new ThingCount(MostThings, Violations);
    }

    /// <summary>What to run.</summary>
    public StressOptions Options { get; }

    /// <summary>What went wrong.</summary>
    public ViolationList Violations { get; } = new();

    /// <summary>How many requests were granted.</summary>
    public long Granted => Volatile.Read(ref _granted);

    /// <summary>Runs to the end, or until nothing has moved for too long.</summary>
    /// <param name="report">Told how it went.</param>
    public async Task RunAsync(Action<string> report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var started = Stopwatch.GetTimestamp();
        var scope = Scope.Create();
        var pool = scope.CreatePool(CreateAsync, new PoolOptions<PooledThing>
        {
            Max = MostThings, Min = 1, IdleTimeout = TimeSpan.FromMilliseconds(2), MaxLifetime = TimeSpan.FromMilliseconds(20),
            HealthCheckInterval = TimeSpan.FromMilliseconds(5), Validate = static (thing, _) => new ValueTask<bool>(!thing.IsBroken), RefillPause = TimeSpan.FromMilliseconds(1),
        });
        var working = Task.WhenAll(Enumerable.Range(1, Options.Tasks).Select(number => WorkAsync(number, pool)));
        if (!await WatchAsync(working)) return;
        await scope.DisposeAsync();

        foreach (var ledger in _ledgers) ledger.CheckTheEnd();
        if (_things.Alive != 0) Violations.Add($"{_things.Alive} things of the pool have outlived their scope");
        report($"{Options.Acquisitions:N0} requests for permits and things by {Options.Tasks} tasks, seed {Options.Seed}, in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s: "
            + $"{Granted:N0} granted, {_ended:N0} cancelled, timed out or refused; {Violations.Count} violations; {pool.Statistics}");
    }

    private async Task<bool> WatchAsync(Task working)
    {
        var (seen, since) = (-1L, Stopwatch.GetTimestamp());
        while (await Task.WhenAny(working, Task.Delay(TimeSpan.FromMilliseconds(250))) != working)
        {
            var turns = Volatile.Read(ref _turns) + Granted;
            if (turns != seen) (seen, since) = (turns, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(since) > Options.HangLimit)
            {
                Violations.Add($"nothing moved for {Options.HangLimit.TotalSeconds} s: a wake-up was lost");
                return false;
            }
        }
        await working;
        return true;
    }

    private async Task WorkAsync(int number, ResourcePool<PooledThing> pool)
    {
        // From the thread pool, whatever called us.
        await Task.Yield();
        var random = new Random(unchecked(Options.Seed * 7919 + number));
        SemaphoreGuard stale = default;
        try
        {
            while (Interlocked.Increment(ref _turns) <= Options.Acquisitions && Violations.Count == 0)
            {
                if (random.Next(4) == 0) await UseThingAsync(random, pool);
                else stale = await UsePermitsAsync(random, stale);
            }
        }
        catch (Exception error)
        {
            Violations.Add($"task {number}: {error}");
        }
    }

    private async Task<SemaphoreGuard> UsePermitsAsync(Random random, SemaphoreGuard stale)
    {
        var ledger = _ledgers[random.Next(_ledgers.Length)];
        var weight = random.Next(3) == 0 ? 1 + random.Next(ledger.Permits) : 1;
        SemaphoreGuard guard;
        try
        {
            if (random.Next(3) == 0)
            {
                if (await ledger.Semaphore.TryAcquireAsync(weight, Any(random), MaybeCancelled(random)) is not { } granted)
                {
                    Interlocked.Increment(ref _ended);
                    return stale;
                }
                guard = granted;
            }
            else
            {
                guard = await ledger.Semaphore.AcquireAsync(weight, Any(random), MaybeCancelled(random));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SemaphoreTimeoutException)
        {
            Interlocked.Increment(ref _ended);
            return stale;
        }
        Interlocked.Increment(ref _granted);
        ledger.Enter(weight);
        if (guard.Weight != weight) Violations.Add($"{guard.Weight} permits were granted, and {weight} asked for");
        await DwellAsync(random);
        ledger.Leave(weight);
        await guard.DisposeAsync();
        if (random.Next(3) == 0) await guard.DisposeAsync();
        // One from an earlier turn, whose hold has long been somebody else's.
        await stale.DisposeAsync();
        return random.Next(4) == 0 ? guard : stale;
    }

    private async Task UseThingAsync(Random random, ResourcePool<PooledThing> pool)
    {
        ResourceGuard<PooledThing> guard;
        try
        {
            guard = await pool.AcquireAsync(Any(random), MaybeCancelled(random));
        }
        catch (Exception error) when (error is OperationCanceledException or PoolTimeoutException or FormatException)
        {
            Interlocked.Increment(ref _ended);
            return;
        }
        Interlocked.Increment(ref _granted);
        var thing = guard.Resource;
        thing.Enter();
        await DwellAsync(random);
        if (random.Next(50) == 0) thing.IsBroken = true;
        thing.Leave();
        if (random.Next(20) == 0) await guard.DiscardAsync();
        else await guard.DisposeAsync();
        if (random.Next(3) == 0) await guard.DisposeAsync();
    }

    private async Task<PooledThing> CreateAsync(CancellationToken cancellationToken)
    {
        _things.Came();
        await Task.Yield();
        if (Random.Shared.Next(10) != 0) return new PooledThing(_things, Violations);
        _things.Left();
        throw new FormatException("One in ten can't be made.");
    }

    private static AcquireOptions Any(Random random) => new()
    {
        Priority = random.Next(4) == 0 ? random.Next(-1, 3) : 0,
        Timeout = random.Next(20) switch
        {
            0 => TimeSpan.Zero,
            1 => TimeSpan.FromMicroseconds(random.Next(1, 3_000)),
            _ => Timeout.InfiniteTimeSpan,
        },
    };

    /// <summary>A token that somebody may cancel, now or after the wait has ended; mostly none.</summary>
    private CancellationToken MaybeCancelled(Random random)
    {
        if (random.Next(10) == 0) Interlocked.Exchange(ref _offered[random.Next(_offered.Length)], null)?.Cancel();
        if (random.Next(8) != 0) return default;
        var source = new CancellationTokenSource();
        Volatile.Write(ref _offered[random.Next(_offered.Length)], source);
        return source.Token;
    }

    private static async ValueTask DwellAsync(Random random)
    {
        // A holder that gives its thread away is met by others, however many processors there are.
        var how = random.Next(6);
        if (how < 3) await Task.Yield();
        else if (how < 5) Thread.SpinWait(how * 10);
    }
}
