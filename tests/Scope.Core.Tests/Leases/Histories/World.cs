using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>All there is in one history: the true time, the store, the processes, and who watches them.</summary>
internal sealed class World
{
    private IStoreFaults? _faults;
    private StoreOutage _outage;

    internal World(Setup setup, bool isLogged)
    {
        Setup = setup;
        StoreClock = new ProcessClock(Time);
        Server = new InMemoryLockStore(StoreClock);
        StartOfStore = (long)(StoreClock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMicroseconds;
        Records = new RecordWatch(this);
        Holds = new HoldAudit(this);
        Log = isLogged ? new HistoryLog(this) : null;
    }

    internal Setup Setup { get; }

    /// <summary>The true time.</summary>
    internal ManualTimeProvider Time { get; } = new();

    internal ProcessClock StoreClock { get; }

    internal InMemoryLockStore Server { get; }

    /// <summary>What the store's clock showed at first, in its microseconds.</summary>
    internal long StartOfStore { get; }

    internal RecordWatch Records { get; }

    internal HoldAudit Holds { get; }

    internal HistoryLog? Log { get; }

    /// <summary>All processes that there were.</summary>
    internal List<SimulatedProcess> Processes { get; } = [];

    internal long Calls { get; set; }

    internal long CallsForLocks { get; set; }

    /// <summary>The first thing that happened and must not.</summary>
    internal string? Broken { get; private set; }

    /// <summary>By how much the store's clock has been set back.</summary>
    internal TimeSpan SetBack { get; private set; }

    internal bool HasSetBack => SetBack > TimeSpan.Zero;

    internal IStoreFaults? Faults
    {
        get => _faults;
        set
        {
            _faults = value;
            foreach (var process in Processes) process.Way.Faults = value;
        }
    }

    internal StoreOutage Outage
    {
        get => _outage;
        set
        {
            if (_outage != value) Log?.Say($"the store's outage: {value}");
            _outage = value;
            foreach (var process in Processes) process.Way.Outage = value;
        }
    }

    /// <summary>Whether nobody is told anything.</summary>
    internal bool IsNewsLost { get; set; }

    internal bool HasLostNews { get; set; }

    internal async ValueTask<LockRecord> RecordOfAsync(string key)
    {
        var stored = await Server.ReadAsync(LeasedLockProvider.KeyPrefix + key, CancellationToken.None);
        return LockRecord.Parse(in stored);
    }

    internal void Break(string what)
    {
        foreach (var process in Processes) what = what.Replace(process.Provider.Process, process.Name, StringComparison.Ordinal);
        Broken ??= what;
        Log?.Say($"BROKEN: {what}");
    }

    internal async Task JumpAsync(TimeSpan amount)
    {
        Log?.Say($"the store's clock jumps by {amount}");
        StoreClock.Jump(amount);
        if (amount > TimeSpan.Zero)
        {
            Holds.ClockIsSetForward();
            return;
        }
        SetBack -= amount;
        await Records.ClockIsSetBackAsync();
    }

    /// <summary>Lets everything happen that is due within <paramref name="amount"/>, one time after the other, and looks at it.</summary>
    internal async Task PassAsync(TimeSpan amount)
    {
        await LookAsync();
        var atOnce = 0;
        for (var left = amount; ;)
        {
            var next = Time.UntilNextTimer is { } until && until <= left ? until : left;
            var isLast = Time.UntilNextTimer is not { } due || due > left;
            Time.Advance(next);
            left -= next;
            await LookAsync();
            if (isLast) return;
            atOnce = next == TimeSpan.Zero ? atOnce + 1 : 0;
            if (atOnce > 1_000) throw new BrokenHistoryException("timers fire again and again while the clock stands");
        }
    }

    /// <summary>Waits until nothing moves, and sees whether all is well.</summary>
    internal async Task LookAsync()
    {
        await QuietPoint.ReachAsync();
        Holds.Look();
        if (Setup.Trouble == Trouble.None) await Promptness.CheckAsync(this);
        if (Broken is not null) throw new BrokenHistoryException(Broken);
    }
}
