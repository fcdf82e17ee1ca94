using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>One process: a provider, its clock, and its way to the store.</summary>
internal sealed class SimulatedProcess
{
    private readonly World _world;

    internal SimulatedProcess(World world, string name, ProcessClock clock)
    {
        _world = world;
        Name = name;
        Clock = clock;
        Way = new FaultyLockStore(new StoreSide(world, this), world.Faults, world.Time) { TellsNews = world.Setup.TellsNews, Outage = world.Outage };
        Provider = new LeasedLockProvider(new ProcessSide(world, this), world.Setup.Options(clock));
        Tasks = new Holding?[world.Setup.Tasks];
    }

    internal string Name { get; }

    internal ProcessClock Clock { get; }

    internal FaultyLockStore Way { get; }

    internal LeasedLockProvider Provider { get; }

    /// <summary>What each of its tasks is about; null if nothing.</summary>
    internal Holding?[] Tasks { get; }

    internal ProcessState State { get; private set; }

    internal bool IsRunning => State is ProcessState.Running or ProcessState.Disposed;

    internal Task? Disposing { get; private set; }

    internal long DisposedAt { get; private set; }

    /// <summary>When it was paused last, or continued.</summary>
    internal DateTimeOffset LastPaused { get; private set; }

    internal void Pause()
    {
        _world.Log?.Say($"{Name} is paused");
        (State, LastPaused) = (ProcessState.Paused, _world.Time.GetUtcNow());
        Clock.Stop();
        Way.Stop();
    }

    internal void Continue(bool timersFirst)
    {
        _world.Log?.Say($"{Name} continues");
        (State, LastPaused) = (ProcessState.Running, _world.Time.GetUtcNow());
        if (timersFirst) Clock.Continue();
        Way.Continue();
        if (!timersFirst) Clock.Continue();
    }

    internal void Kill()
    {
        _world.Log?.Say($"{Name} is killed");
        State = ProcessState.Dead;
        Clock.Stop();
        Way.Kill();
    }

    internal void Dispose()
    {
        _world.Log?.Say($"{Name} disposes its provider");
        State = ProcessState.Disposed;
        DisposedAt = Clock.GetTimestamp();
        Disposing = Provider.DisposeAsync().AsTask();
    }
}

internal enum ProcessState
{
    Running,
    Paused,
    Dead,
    Disposed,
}
