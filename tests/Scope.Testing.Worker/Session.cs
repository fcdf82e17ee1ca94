using System.Collections.Concurrent;
using System.Globalization;

namespace GoGoScope.Testing.Worker;

/// <summary>What the worker holds, by names that whoever commands it has chosen.</summary>
internal sealed class Session(ILockProvider provider)
{
    private readonly ConcurrentDictionary<string, LockGuard> _guards = new();
    private readonly ConcurrentDictionary<string, LockGuardSet> _sets = new();
    private readonly ConcurrentDictionary<string, SemaphoreGuard> _permits = new();
    private readonly ConcurrentDictionary<string, SharedFetch> _fetches = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _acquiring = new();
    private readonly Scope _scope = Scope.Create(new ScopeOptions { LockProvider = provider });
    private Soaking? _soaking;

    internal async Task DoAsync(string line)
    {
        var words = line.Split(' ');
        try
        {
            Answer(words[0], "ok", await DoAsync(words[1], words[2..]));
        }
        catch (Exception failure)
        {
            Answer(words[0], "failed", $"{failure.GetType().Name} {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task<string> DoAsync(string verb, string[] words)
    {
        switch (verb)
        {
            case "acquire": return Text(await AcquireAsync(words));
            case "cancel":
                await _acquiring[words[0]].CancelAsync();
                return "";
            case "acquire-all": return await AcquireAllAsync(words[0], words[1..]);
            case "release":
                await _guards[words[0]].DisposeAsync();
                return "";
            case "release-all":
                await _sets[words[0]].DisposeAsync();
                return "";
            case "renew":
                await _guards[words[0]].RenewAsync(Milliseconds(words[1]));
                return "";
            case "is-held": return _guards[words[0]].IsHeld.ToString();
            case "lost":
                await LostAsync(_guards[words[0]].LostToken);
                return "";
            case "count": return Text(await CountAsync(words[0], words[1], Count(words[2]), Count(words[3])));
            case "acquire-permits": return Text(await AcquirePermitsAsync(words));
            case "use-permits": return Text(await UsePermitsAsync(words));
            case "fetch": return await _fetches.GetOrAdd(words[0], key => new SharedFetch(provider, key, words[1])).GetAsync();
            case "may-fetch":
                _fetches[words[0]].GoOn();
                return "";
            case "transfer":
                await TransferAsync(words[1..], int.Parse(words[0], CultureInfo.InvariantCulture));
                return "";
            case "utc-offset": return Text((long)TimeZoneInfo.Local.BaseUtcOffset.TotalMinutes);
            case "soak":
                _soaking = Soaking.Begin(provider, words[0], words[1], Count(words[2]));
                return "";
            case "rest":
                await _soaking!.DisposeAsync();
                return "";
            case "heap": return Text(GC.GetTotalMemory(forceFullCollection: true));
            case "forget":
                await ForgetAsync();
                return "";
            default: throw new ArgumentException($"There is no verb {verb}.");
        }
    }

    // name key mode ttl priority timeout auto-renew
    private async Task<long> AcquireAsync(string[] words)
    {
        var @lock = LockOf(words[1], new LockOptions { TimeToLive = Milliseconds(words[3]), AutoRenew = bool.Parse(words[6]) });
        var options = new AcquireOptions { Priority = int.Parse(words[4], CultureInfo.InvariantCulture), Timeout = Milliseconds(words[5]) };
        using var cancel = _acquiring[words[0]] = new CancellationTokenSource();
        var guard = Enum.Parse<LockMode>(words[2]) == LockMode.Read ? await @lock.AcquireReadAsync(options, cancel.Token) : await @lock.AcquireAsync(options, cancel.Token);
        _guards[words[0]] = guard;
        return guard.FencingToken;
    }

    private async Task<string> AcquireAllAsync(string name, string[] keys)
    {
        var set = await Lock.AcquireAllAsync(keys.Select(key => LockOf(key)));
        _sets[name] = set;
        return string.Join(' ', set.Guards.Select(guard => Text(guard.FencingToken)));
    }

    /// <summary>Has as many as <paramref name="contenders"/> count at the same time, so often each. Answers how often the store could not be used.</summary>
    private async Task<long> CountAsync(string key, string file, int times, int contenders) =>
        (await Task.WhenAll(Enumerable.Range(0, contenders).Select(_ => Task.Run(() => CountAsync(key, file, times))))).Sum();

    /// <summary>Counts under the lock of <paramref name="key"/>, so often. Answers how often the store could not be used.</summary>
    private async Task<long> CountAsync(string key, string file, int times)
    {
        var @lock = LockOf(key);
        var counter = new SharedCounter(file);
        var failures = 0;
        for (var done = 0; done < times;)
        {
            try
            {
                await using var guard = await @lock.AcquireAsync();
                await counter.IncrementAsync();
                done++;
            }
            catch (LockProviderException)
            {
                failures++;
            }
        }
        return failures;
    }

    // name key permits weight ttl
    private async Task<long> AcquirePermitsAsync(string[] words)
    {
        await using var semaphore = _scope.CreateSemaphore(words[1], Count(words[2]), new SemaphoreOptions { TimeToLive = Milliseconds(words[4]) });
        var guard = await semaphore.AcquireAsync(Count(words[3]));
        _permits[words[0]] = guard;
        return guard.GrantId;
    }

    // key permits weight folder times
    private async Task<long> UsePermitsAsync(string[] words)
    {
        await using var semaphore = _scope.CreateSemaphore(words[0], Count(words[1]));
        var (files, full) = (new ExclusiveFiles(words[3], semaphore.Permits), 0);
        for (var i = Count(words[4]); i > 0; i--)
        {
            await using var guard = await semaphore.AcquireAsync(Count(words[2]));
            if (await files.UseAsync(guard.Weight, Milliseconds(words[5]))) full++;
        }
        return full;
    }

    /// <summary>Takes all of <paramref name="keys"/> together, so often.</summary>
    private async Task TransferAsync(string[] keys, int times)
    {
        var locks = keys.Select(key => LockOf(key)).ToList();
        for (var i = 0; i < times; i++)
        {
            await using var all = await Lock.AcquireAllAsync(locks);
        }
    }

    private async Task ForgetAsync()
    {
        foreach (var (_, guard) in _guards) await guard.DisposeAsync();
        foreach (var (_, set) in _sets) await set.DisposeAsync();
        foreach (var (_, guard) in _permits) await guard.DisposeAsync();
        foreach (var (_, fetch) in _fetches) await fetch.DisposeAsync();
        _fetches.Clear();
        _guards.Clear();
        _permits.Clear();
        _sets.Clear();
    }

    private Lock LockOf(string key, LockOptions? options = null) => new(CancellationToken.None, (options ?? new LockOptions()) with { Key = key, Provider = provider });

    private static Task LostAsync(CancellationToken lost)
    {
        var heard = new TaskCompletionSource();
        lost.UnsafeRegister(static heard => ((TaskCompletionSource)heard!).SetResult(), heard);
        return heard.Task;
    }

    private static TimeSpan Milliseconds(string text) =>
        text == "-1" ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(double.Parse(text, CultureInfo.InvariantCulture));

    private static int Count(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Answer(string number, string how, string what) => Console.WriteLine($"{number} {how} {what}");
}
