using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

// All faults stop: whoever waits gets on, and nothing remains.
internal sealed partial class History
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private async Task EndAsync()
    {
        _world.Log?.Say("--- all faults stop ---");
        _choose = new SplitMix(_numbers[0] ^ 1);
        _world.Faults = null;
        _world.Outage = StoreOutage.None;
        if (_world.IsNewsLost) NewsStopsOrComes();
        foreach (var process in _world.Processes.Where(process => process.State == ProcessState.Paused)) process.Continue(timersFirst: true);
        await _world.LookAsync();

        await EverybodyStandsInTheQueueAsync();
        await EverybodyGetsOnAsync();
        await NothingRemainsAsync();
        await EndProcessesAsync();
        _world.Holds.CheckReleased();
        await _world.LookAsync();
    }

    /// <summary>Whoever waits has looked by now, so its process stands in the record, or its lease is there.</summary>
    private async Task EverybodyStandsInTheQueueAsync()
    {
        await _world.PassAsync(_setup.SafetyPoll * 1.5 + _setup.StoreTimeout * 4 + _setup.LongestDelay * 4);
        for (var key = 0; key < _setup.Keys; key++)
        {
            var record = await _world.RecordOfAsync($"key{key}");
            foreach (var waiting in _world.Holds.Live.Where(holding => holding.State == HoldingState.Waiting && holding.Key == $"key{key}"))
            {
                // Behind a guard of its own process it has no business in the record.
                if (_world.Holds.Live.Any(holding => holding.Process == waiting.Process && holding.Key == waiting.Key && holding.State != HoldingState.Waiting)) continue;
                var process = waiting.Process.Provider.Process;
                if (!record.Holders.ToArray().Any(holder => holder.Id.Process == process) && !record.Waiters.ToArray().Any(waiter => waiter.Id.Process == process))
                    _world.Break($"{waiting} waits, but its process does not stand in the record");
            }
        }
    }

    /// <summary>Whoever is granted a lock releases it, and so everybody gets one who waits.</summary>
    private async Task EverybodyGetsOnAsync()
    {
        var (left, seen) = (_setup.Progress + _world.SetBack, -1);
        while (_world.Holds.Live.Count > 0)
        {
            foreach (var holding in _world.Holds.Live.Where(holding => holding.State == HoldingState.Holding).ToList()) Release(holding);
            await _world.PassAsync(Moment);
            left -= Moment;
            if (_world.Holds.Live.Count != seen) (left, seen) = (_setup.Progress + _world.SetBack, _world.Holds.Live.Count);
            if (left < TimeSpan.Zero) _world.Break($"nobody gets on: {string.Join("; ", _world.Holds.Live.Select(holding => $"{holding} {holding.State}"))}");
        }
    }

    private async Task NothingRemainsAsync()
    {
        // What could not be released ends by itself; a wait that could not be taken back is tried again until it is.
        await _world.PassAsync(_setup.Progress + _world.SetBack);
        var living = _world.Processes.Where(process => process.State == ProcessState.Running).ToList();
        foreach (var process in living)
        {
            if (!process.Provider.IsQuiet) _world.Break($"{process.Name} is still at work");
            if (process.Provider.Snapshot() is { Count: > 0 } snapshot) _world.Break($"{process.Name} still knows of {string.Join(", ", snapshot)}");
        }
        for (var key = 0; key < _setup.Keys; key++)
        {
            var stored = await _world.Server.ReadAsync($"{LeasedLockProvider.KeyPrefix}key{key}", CancellationToken.None);
            foreach (var holder in LockRecord.Parse(in stored).Holders.ToArray())
            {
                if (holder.ExpiresAt > stored.Now) _world.Break($"{holder.Id} still holds key{key}, and nobody knows of it");
            }
            foreach (var waiter in LockRecord.Parse(in stored).Waiters.ToArray())
            {
                if (living.Exists(process => process.Provider.Process == waiter.Id.Process)) _world.Break($"{waiter.Id} still waits for key{key}, and nobody knows of it");
            }
        }
        await NobodyAsksAsync();
        await ANewcomerGetsEverythingAsync();
    }

    /// <summary>Without anybody who holds or waits, no process asks the store for a lock.</summary>
    private async Task NobodyAsksAsync()
    {
        var calls = _world.CallsForLocks;
        await _world.PassAsync(_setup.LongestTimeToLive + _setup.SafetyPoll);
        if (_world.CallsForLocks != calls) _world.Break($"{_world.CallsForLocks - calls} calls for locks although nobody holds or waits");
    }

    /// <summary>Whoever comes now finds at most what the dead have left, and goes past it.</summary>
    private async Task ANewcomerGetsEverythingAsync()
    {
        var newcomer = Start(_choose);
        for (var key = 0; key < _setup.Keys; key++)
        {
            // What the dead have left tells what the key is until it is gone.
            var left = (await _world.RecordOfAsync($"key{key}")).Permits;
            var holding = AskForAll(newcomer, $"key{key}", left);
            for (var time = _setup.Progress + _world.SetBack; holding.State == HoldingState.Waiting && time > TimeSpan.Zero; time -= Moment) await _world.PassAsync(Moment);
            if (holding.State != HoldingState.Holding) _world.Break($"{holding} is {holding.State} although nobody else is there");
            Release(holding);
            await _world.PassAsync(Moment);
            await NobodyAsksAsync();
            var stored = await _world.Server.ReadAsync($"{LeasedLockProvider.KeyPrefix}key{key}", CancellationToken.None);
            if (!stored.IsFree) _world.Break($"key{key} is not free at the end: {stored.Body}");
        }
    }

    private Holding AskForAll(SimulatedProcess process, string key, int permits)
    {
        var mode = permits > 0 ? LockMode.Permits : LockMode.Exclusive;
        var holding = new Holding(process, $"{process.Name}.{++_attempts}", key, mode, permits, permits)
        {
            Timeout = Timeout.InfiniteTimeSpan, AnswersNull = false, Begun = process.Clock.GetTimestamp(),
        };
        _world.Holds.Add(holding);
        var request = new LockRequest
        {
            Key = key, Mode = mode, Weight = permits, Permits = permits, Timeout = Timeout.InfiniteTimeSpan, TimeToLive = _setup.LongestTimeToLive,
            Options = new LockOptions { Owner = holding.Name, TimeProvider = process.Clock },
        };
        holding.Acquiring = NeverNullAsync(process.Provider.AcquireAsync(in request, CancellationToken.None));
        return holding;
    }

    private async Task EndProcessesAsync()
    {
        foreach (var process in _world.Processes.Where(process => process.State == ProcessState.Running)) process.Dispose();
        await _world.PassAsync(_setup.ReleaseTimeout + Moment);
        foreach (var process in _world.Processes.Where(process => process.State == ProcessState.Disposed))
        {
            if (!process.Disposing!.IsCompletedSuccessfully) _world.Break($"disposing {process.Name} is {process.Disposing.Status}: {process.Disposing.Exception?.InnerException}");
        }
    }
}
