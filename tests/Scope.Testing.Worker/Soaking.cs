using System.Diagnostics;
using System.Globalization;

namespace GoGoScope.Testing.Worker;

/// <summary>
/// Takes locks and permits at random until it is told to rest, and writes down from when until when it was certain to hold them. Takes part
/// in counting, too, which the counter refuses to whoever comes with an old token.
/// </summary>
/// <remarks>The clock is the machine's, which all processes share.</remarks>
internal sealed class Soaking(ILockProvider provider, string folder, string name, int seed) : IAsyncDisposable
{
    private const int Keys = 4;
    private const int Permits = 3;
    private const int Tasks = 4;

    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PauseOfFailure = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _resting = new();
    private readonly StreamWriter _log = new(Path.Combine(folder, $"{name}.log"), append: true) { AutoFlush = true };
    private Task _running = Task.CompletedTask;

    internal static Soaking Begin(ILockProvider provider, string folder, string name, int seed)
    {
        var soaking = new Soaking(provider, folder, name, seed);
        soaking.Begin();
        return soaking;
    }

    private void Begin() => _running = Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => RunAsync(new Random(seed * Tasks + task)))));

    /// <summary>Returns when it holds nothing any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _resting.CancelAsync();
        await _running;
        await _log.DisposeAsync();
        _resting.Dispose();
    }

    private async Task RunAsync(Random random)
    {
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = provider });
        while (!_resting.IsCancellationRequested)
        {
            try
            {
                await OnceAsync(scope, random);
            }
            catch (Exception failure) when (failure is LockProviderException or LockTimeoutException or LeaseLostException)
            {
                Write($"failed {failure.GetType().Name}");
                await Task.Delay(PauseOfFailure);
            }
        }
    }

    private async Task OnceAsync(Scope scope, Random random)
    {
        var key = $"soak-{random.Next(Keys)}";
        switch (random.Next(10))
        {
            case < 6: await CountAsync(scope, key, random); break;
            case < 8: await ReadAsync(scope, key, random); break;
            default: await TakePermitsAsync(scope, weight: random.Next(1, Permits + 1), random); break;
        }
    }

    private async Task CountAsync(Scope scope, string key, Random random)
    {
        await using var guard = await scope.AcquireLockAsync(key, TimeToLive, new AcquireOptions { Timeout = Patience, Priority = random.Next(3) });
        var from = Stopwatch.GetTimestamp();
        var counter = new FencedCounter(Path.Combine(folder, key));
        if (await counter.TryReadAsync(guard.FencingToken) is { } count)
        {
            await WorkAsync(random);
            if (await counter.TryWriteAsync(guard.FencingToken, count + 1)) Write($"counted {key}");
        }
        Claim(key, "exclusive", weight: 1, guard.FencingToken, from, until: Stopwatch.GetTimestamp(), guard.IsHeld);
    }

    private async Task ReadAsync(Scope scope, string key, Random random)
    {
        await using var guard = await scope.AcquireReadLockAsync(key, TimeToLive, new AcquireOptions { Timeout = Patience });
        var from = Stopwatch.GetTimestamp();
        await WorkAsync(random);
        Claim(key, "read", weight: 1, guard.FencingToken, from, until: Stopwatch.GetTimestamp(), guard.IsHeld);
    }

    private async Task TakePermitsAsync(Scope scope, int weight, Random random)
    {
        await using var semaphore = scope.CreateSemaphore("soak-permits", Permits, new SemaphoreOptions { TimeToLive = TimeToLive });
        await using var guard = await semaphore.AcquireAsync(weight, new AcquireOptions { Timeout = Patience });
        var from = Stopwatch.GetTimestamp();
        await WorkAsync(random);
        Claim("soak-permits", $"of-{Permits}", weight, guard.GrantId, from, until: Stopwatch.GetTimestamp(), guard.IsHeld);
    }

    private static async Task WorkAsync(Random random)
    {
        if (random.Next(3) == 0) await Task.Delay(random.Next(1, 10));
        else await Task.Yield();
    }

    // Until was read before the guard said that it holds, so it did until then.
    private void Claim(string key, string mode, int weight, long token, long from, long until, bool isHeld) =>
        Write(isHeld ? string.Create(CultureInfo.InvariantCulture, $"held {key} {mode} {weight} {token} {from} {until}") : $"unsure {key}");

    private void Write(string line)
    {
        // What is killed in the middle leaves half a line, without its end.
        lock (_log) _log.Write($"{line} .\n");
    }
}
