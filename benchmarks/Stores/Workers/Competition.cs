using System.Diagnostics;
using GoGoScope.Benchmarks.Checks;
using GoGoScope.Benchmarks.Workloads;

namespace GoGoScope.Benchmarks.Stores.Workers;

/// <summary>
/// Tasks that want the same key for some time, for reading now and then, and check that they are let in as a lock promises: also
/// beside those of other processes.
/// </summary>
internal sealed class Competition(Lock theLock, SharedPages pages, int readersInHundred, TimeSpan time)
{
    private long _grants;
    private long _allGrants;
    private int _writes;
    private long _longestWait;

    internal async Task RunAsync(int tasks)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        await Together.RunAsync(tasks, task => WorkAsync(end, new Dice(Environment.ProcessId * 64 + task)));
    }

    internal Competed Result(long swaps) => new(_grants, _writes, swaps, _allGrants, Stopwatch.GetElapsedTime(0, _longestWait).TotalMicroseconds);

    private async Task WorkAsync(long end, Dice dice)
    {
        var (grants, allGrants, writes, longestWait) = (0L, 0L, 0, 0L);
        for (var begin = Stopwatch.GetTimestamp(); begin < end; begin = Stopwatch.GetTimestamp())
        {
            var isRead = dice.Roll(100) < readersInHundred;
            await using (await AcquireAsync(isRead))
            {
                var now = Stopwatch.GetTimestamp();
                longestWait = Math.Max(longestWait, now - begin);
                allGrants++;
                if (now < end) grants++;
                if (isRead)
                {
                    var seen = pages.Read();
                    await Task.Yield();
                    pages.ExpectUnchanged(seen);
                }
                else
                {
                    var next = pages.BeginWrite();
                    await Task.Yield();
                    pages.EndWrite(next);
                    writes++;
                }
            }
        }
        Interlocked.Add(ref _grants, grants);
        Interlocked.Add(ref _allGrants, allGrants);
        Interlocked.Add(ref _writes, writes);
        AtLeast(ref _longestWait, longestWait);
    }

    private ValueTask<LockGuard> AcquireAsync(bool isRead) =>
        readersInHundred == 0 ? theLock.AcquireAsync() : isRead ? theLock.AcquireReadAsync() : theLock.AcquireWriteAsync();

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
