using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

// What can happen next.
internal sealed partial class History
{
    private const int MostProcesses = 8;

    private async Task StepAsync()
    {
        switch (_choose.Next(100))
        {
            case < 40:
                await _world.PassAsync(SomeTime());
                break;
            case < 45 when _setup.HasAccidents:
                await AccidentAsync();
                break;
            case < 43 when _setup.TellsNews:
                NewsStopsOrComes();
                break;
            default:
                await UseAsync(_choose.Of([.. _world.Processes]));
                break;
        }
    }

    /// <summary>From a millisecond to some seconds; short times are as likely as long ones.</summary>
    private TimeSpan SomeTime() => TimeSpan.FromMilliseconds(Math.Pow(5_000, _choose.NextDouble()));

    // ---- accidents ----

    private Task AccidentAsync()
    {
        var process = _choose.Of([.. _world.Processes]);
        switch (_choose.Next(12))
        {
            case < 3 when process.State == ProcessState.Running:
                process.Pause();
                break;
            case 3 when process.State == ProcessState.Running:
                process.Kill();
                break;
            case 4 when process.State == ProcessState.Running:
                process.Dispose();
                break;
            case 5 or 6:
                _world.Outage = _world.Outage == StoreOutage.None ? _choose.Of(StoreOutage.Refuses, StoreOutage.Hangs) : StoreOutage.None;
                break;
            case 7:
                _world.Log?.Say($"the connection of {process.Name} breaks");
                process.Way.BreakConnection();
                break;
            case 8 when _setup.Jumps == Jumps.Forward:
                return _world.JumpAsync(SomeTime() * _choose.Of(1, 1, 1_000));
            case 8 when _setup.Jumps == Jumps.Back:
                return _world.JumpAsync(-SomeTime());
        }
        return Task.CompletedTask;
    }

    /// <summary>Who has missed news is told that it may have, and looks.</summary>
    private void NewsStopsOrComes()
    {
        _world.Log?.Say(_world.IsNewsLost ? "the connections for news are made again" : "the connections for news break");
        _world.IsNewsLost = !_world.IsNewsLost;
        _world.HasLostNews = true;
        if (_world.IsNewsLost) return;
        foreach (var process in _world.Processes) process.Way.BreakConnection();
    }

    // ---- what processes do ----

    private async Task UseAsync(SimulatedProcess process)
    {
        if (process.State == ProcessState.Paused)
        {
            if (_choose.OneIn(4)) process.Continue(timersFirst: _choose.OneIn(2));
            return;
        }
        if (process.State == ProcessState.Dead)
        {
            if (_choose.OneIn(4) && _world.Processes.Count < MostProcesses) Start(_choose);
            return;
        }
        // Back from an outage sooner than by the accidents alone.
        if (_world.Outage != StoreOutage.None && _choose.OneIn(4)) _world.Outage = StoreOutage.None;
        var task = _choose.Next(process.Tasks.Length);
        switch (process.Tasks[task])
        {
            case { State: HoldingState.Waiting } waiting:
                if (_choose.OneIn(5)) Cancel(waiting);
                break;
            case { State: HoldingState.Holding } holding:
                UseHeld(holding);
                break;
            case null or { State: HoldingState.Over } when process.State == ProcessState.Running:
                process.Tasks[task] = await AskAsync(process);
                break;
        }
    }

    private void UseHeld(Holding holding)
    {
        switch (_choose.Next(10))
        {
            case < 5:
                Release(holding);
                break;
            case < 7:
                _world.Holds.Write(holding);
                break;
            case 7:
                Renew(holding);
                break;
        }
    }

    private async Task<Holding> AskAsync(SimulatedProcess process)
    {
        var timeToLive = _choose.Of(_setup.TimesToLive);
        var timeout = _choose.Next(6) switch
        {
            0 => TimeSpan.Zero,
            1 or 2 => SomeTime(),
            _ => Timeout.InfiniteTimeSpan,
        };
        var isRenewed = !_choose.OneIn(5);
        TimeSpan? maxHold = isRenewed && _choose.OneIn(8) ? timeToLive * 2 : null;
        var priority = _choose.Of(0, 0, 0, 1, 2, -1);
        var number = _choose.Next(_setup.Keys);
        var key = $"key{number}";
        var permits = _setup.MixesUses && _choose.OneIn(8) ? _choose.Of(0, 3) : _setup.Permits[number];
        var mode = permits > 0 ? LockMode.Permits : _choose.Of(LockMode.Exclusive, LockMode.Exclusive, LockMode.Read);
        var weight = permits > 0 ? _choose.Of(1, 1, 1, 2, permits) : 0;
        var holding = new Holding(process, $"{process.Name}.{++_attempts}", key, mode, weight, permits)
        {
            Timeout = timeout,
            AnswersNull = _choose.OneIn(2),
            Priority = priority,
            MaxHold = maxHold,
            Longest = isRenewed ? maxHold : timeToLive,
            IsFree = _setup.Trouble == Trouble.None && await IsFreeAsync(key),
            Begun = process.Clock.GetTimestamp(),
        };
        var request = new LockRequest
        {
            Key = key,
            Mode = mode,
            Weight = weight,
            Permits = permits,
            Priority = priority,
            Timeout = timeout,
            TimeToLive = timeToLive,
            Options = new LockOptions
            {
                AutoRenew = isRenewed,
                TimeToLive = timeToLive,
                MaxHold = maxHold,
                Owner = holding.Name,
                TimeProvider = process.Clock,
            },
        };
        _world.Log?.Say(
            $"{holding} asks for {(timeout < TimeSpan.Zero ? "ever" : timeout)}, priority {priority}, lease {timeToLive.TotalSeconds} s"
            + $"{(isRenewed ? "" : ", not renewed")}{(maxHold is null ? "" : ", at most twice")}");
        // Before the call: an answer may come under it.
        _world.Holds.Add(holding);
        holding.Acquiring = holding.AnswersNull
            ? process.Provider.TryAcquireAsync(in request, holding.Canceller.Token).AsTask()
            : NeverNullAsync(process.Provider.AcquireAsync(in request, holding.Canceller.Token));
        return holding;
    }

    /// <summary>Whether nobody has the key or wants it, in the store or here.</summary>
    private async Task<bool> IsFreeAsync(string key) => (await _world.RecordOfAsync(key)).IsFree && !_world.Holds.Live.Any(holding => holding.Key == key);

    private static async Task<LockGuard?> NeverNullAsync(ValueTask<LockGuard> acquiring) => await acquiring;

    private void Cancel(Holding holding)
    {
        _world.Log?.Say($"{holding} is cancelled");
        holding.Canceller.Cancel();
    }

    private void Release(Holding holding)
    {
        _world.Log?.Say($"{holding} is released");
        holding.WasHeldAtRelease = holding.Guard.IsHeld;
        holding.ReleasedAt = holding.Process.Clock.GetTimestamp();
        holding.State = HoldingState.Releasing;
        holding.Releasing = holding.Guard.DisposeAsync().AsTask();
        if (_choose.OneIn(8)) holding.Renewing.Add(holding.Guard.DisposeAsync().AsTask());
        // Disposed a second time, it is as good as released whatever comes.
        if (holding.Guard.IsHeld) _world.Break($"{holding} was released and is held");
    }

    private void Renew(Holding holding)
    {
        var timeToLive = _choose.Of(_setup.TimesToLive);
        _world.Log?.Say($"{holding} is renewed for {timeToLive.TotalSeconds} s");
        holding.Renewing.Add(RenewAsync(holding, timeToLive));
    }

    private async Task RenewAsync(Holding holding, TimeSpan timeToLive)
    {
        var wasHeld = holding.Guard.IsHeld;
        try
        {
            await holding.Guard.RenewAsync(timeToLive);
        }
        catch (Exception error)
        {
            _world.Log?.Say($"renewing {holding} ends with {error.GetType().Name}: {error.Message}");
            var isExpected = error is LeaseLostException or LockProviderException || (error is ObjectDisposedException && holding.State != HoldingState.Holding);
            if (!isExpected) _world.Break($"renewing {holding} threw {error}");
            if (wasHeld && !_setup.HasAccidents && error is LockProviderException && _setup.LongestDelay * 2 < _setup.StoreTimeout) _world.Break($"renewing {holding} threw {error}");
        }
    }
}
