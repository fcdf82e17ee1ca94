using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Stores.Servers;

namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>
/// A process of its own that does as it is told on standard input, a line for each order, and answers on standard output. It
/// ends when its input does: with the process that has started it, however that ends.
/// </summary>
internal sealed class Worker : IAsyncDisposable
{
    /// <summary>The option that makes a process of the benchmarks into a worker.</summary>
    internal const string Option = "--store-worker";

    private readonly CountedProvider _provider;
    private readonly Scope _scope;
    private readonly List<LockGuard> _held = [];
    private Task<LockGuard> _asked = Task.FromException<LockGuard>(new InvalidOperationException("Nothing was asked for."));
    private Competition? _competition;
    private int _isWaiting;

    private Worker(CountedProvider provider)
    {
        _provider = provider;
        _scope = Scope.Create(new ScopeOptions { LockProvider = provider });
    }

    /// <summary>Works until there are no more orders. Returns the exit code.</summary>
    internal static async Task<int> RunAsync(string kind, string connection)
    {
        await using var worker = new Worker(await CountedProvider.OpenAsync(StoreKind.Of(kind), connection));
        Say("ready");
        while (await Console.In.ReadLineAsync() is { } order)
        {
            try
            {
                await worker.DoAsync(order.Split(' '));
            }
            catch (Exception e)
            {
                SayFailed(e);
                return 1;
            }
        }
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private async Task DoAsync(string[] order)
    {
        switch (order)
        {
            case ["ask", var key]:
                _asked = OrFailAsync(AskAsync(key));
                break;
            case ["release"]:
                await ReleaseAsync(await _asked);
                break;
            case ["compete", var key, var tasks, var readers, var file]:
                _competition = new Competition(_scope.CreateLock(key), _provider.Store, new SharedPages(file), Number(readers), Number(tasks));
                await _competition.HasBegunAsync();
                Say("competing");
                break;
            case ["measure", var begin, var end]:
                using (_competition) Say(JsonSerializer.Serialize(await _competition!.CountAsync(Timestamp(begin), Timestamp(end))));
                break;
            case ["hold", var leases, var milliseconds]:
                await HoldAsync(Number(leases), TimeSpan.FromMilliseconds(Number(milliseconds)));
                break;
            case ["count"]:
                Say(JsonSerializer.Serialize(new Holding(_provider.Store.Swaps, _provider.Store.Calls, _held.Count(guard => guard.LostToken.IsCancellationRequested))));
                break;
            default:
                throw new ArgumentException($"A worker does not know what \"{string.Join(' ', order)}\" is.", nameof(order));
        }
    }

    /// <summary>Says "waiting" when the store knows that it waits, and "held" with the time when it does no more.</summary>
    private async Task<LockGuard> AskAsync(string key)
    {
        Volatile.Write(ref _isWaiting, 0);
        // The first swap that succeeds is the one that puts it into the queue, or takes what is free.
        _provider.Store.Swapped = swapped =>
        {
            if (swapped == key && Interlocked.Exchange(ref _isWaiting, 1) == 0) Say("waiting");
        };
        var guard = await _scope.AcquireLockAsync(key);
        var time = Stopwatch.GetTimestamp();
        _provider.Store.Swapped = null;
        Say($"held {time}");
        return guard;
    }

    // Nobody waits for it before "release", which does not come without "held".
    private static async Task<LockGuard> OrFailAsync(Task<LockGuard> asked)
    {
        try
        {
            return await asked;
        }
        catch (Exception e)
        {
            SayFailed(e);
            throw;
        }
    }

    private static async Task ReleaseAsync(LockGuard guard)
    {
        // The clock is that of the machine: the other process reads the same.
        var time = Stopwatch.GetTimestamp();
        await guard.DisposeAsync();
        Say($"released {time}");
    }

    private async Task HoldAsync(int leases, TimeSpan timeToLive)
    {
        for (var i = 0; i < leases; i++) _held.Add(await _scope.AcquireLockAsync($"held:{i}", timeToLive));
        Say("holds");
    }

    private static void SayFailed(Exception e) => Say($"failed: {e.Message.ReplaceLineEndings(" ")}");

    private static void Say(string line) => Console.Out.WriteLine(line);

    private static long Timestamp(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
