using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Stores.Servers;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>
/// Tasks that want the same key, for reading now and then, and check that they are let in as a lock promises: also beside those
/// of other processes. They begin at once, and what counts is what happens between two moments that are the same in all processes:
/// who is the first to begin or the last to end has nobody to compete with, and gets the key as often in a millisecond as
/// otherwise in a second.
/// </summary>
internal sealed class Competition : IDisposable
{
    private readonly Lock _lock;
    private readonly CountedStore _store;
    private readonly SharedPages _pages;
    private readonly int _readersInHundred;
    private readonly TaskCompletionSource _granted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _working;
    private long _begin = long.MaxValue;
    private long _end = long.MaxValue;
    private long _grants;
    private int _writes;
    private long _longestWait;

    internal Competition(Lock theLock, CountedStore store, SharedPages pages, int readersInHundred, int tasks)
    {
        (_lock, _store, _pages, _readersInHundred) = (theLock, store, pages, readersInHundred);
        _working = Together.RunAsync(tasks, task => WorkAsync(new Dice(Environment.ProcessId * 64 + task)));
    }

    /// <summary>Returns when this process takes part.</summary>
    internal async Task HasBegunAsync() => await await Task.WhenAny(_granted.Task, _working);

    /// <summary>Counts from <paramref name="begin"/> to <paramref name="end"/>, and ends then.</summary>
    internal async Task<Competed> CountAsync(long begin, long end)
    {
        Volatile.Write(ref _begin, begin);
        Volatile.Write(ref _end, end);
        await UntilAsync(begin);
        var before = _store.Swaps;
        await UntilAsync(end);
        var swaps = _store.Swaps - before;
        await _working;
        return new Competed(_grants, _writes, swaps, Stopwatch.GetElapsedTime(0, _longestWait).TotalMicroseconds);
    }

    public void Dispose() => _pages.Dispose();

    private static Task UntilAsync(long time)
    {
        var rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), time);
        return rest > TimeSpan.Zero ? Task.Delay(rest) : Task.CompletedTask;
    }

    private async Task WorkAsync(Dice dice)
    {
        var (grants, writes, longestWait) = (0L, 0, 0L);
        for (var asked = Stopwatch.GetTimestamp(); asked < Volatile.Read(ref _end); asked = Stopwatch.GetTimestamp())
        {
            var isRead = dice.Roll(100) < _readersInHundred;
            await using (await AcquireAsync(isRead))
            {
                var now = Stopwatch.GetTimestamp();
                _granted.TrySetResult();
                if (now >= Volatile.Read(ref _begin))
                {
                    longestWait = Math.Max(longestWait, now - asked);
                    if (now < Volatile.Read(ref _end)) grants++;
                }
                if (isRead)
                {
                    var seen = _pages.Read();
                    await Task.Yield();
                    _pages.ExpectUnchanged(seen);
                }
                else
                {
                    var next = _pages.BeginWrite();
                    await Task.Yield();
                    _pages.EndWrite(next);
                    writes++;
                }
            }
        }
        Interlocked.Add(ref _grants, grants);
        Interlocked.Add(ref _writes, writes);
        AtLeast(ref _longestWait, longestWait);
    }

    private ValueTask<LockGuard> AcquireAsync(bool isRead) =>
        _readersInHundred == 0 ? _lock.AcquireAsync() : isRead ? _lock.AcquireReadAsync() : _lock.AcquireWriteAsync();

    private static void AtLeast(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen) return;
            seen = before;
        }
    }
}
