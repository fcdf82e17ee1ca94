using GoGoScope.Testing;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// One history: a few processes use a few keys of a store, by chance, while the network, the store and the processes
/// fail, by chance. Then all faults stop, and everything has to come to a good end.
/// </summary>
/// <remarks>It is made of numbers: the first is the setup, each other one decides a step and whatever goes wrong on its occasion.</remarks>
internal sealed partial class History
{
    private readonly ulong[] _numbers;
    private readonly World _world;
    private readonly Setup _setup;

    // What is left to chance in this step: for faults too, so that a history without one of its steps is much the same.
    private SplitMix _choose = new(0);
    private int _attempts;

    internal History(ulong[] numbers, bool isLogged = false)
    {
        _numbers = numbers;
        _setup = new Setup(numbers[0]);
        _world = new World(_setup, isLogged) { Faults = _setup.Network?.With(() => _choose.NextDouble()) };
    }

    internal World World => _world;

    /// <summary>The numbers of the history of a seed.</summary>
    internal static ulong[] NumbersOf(ulong seed)
    {
        var numbers = new SplitMix(seed * 0xD1342543DE82EF95 + 1);
        var first = numbers.Next();
        return [first, .. Enumerable.Range(0, new Setup(first).Steps).Select(_ => numbers.Next())];
    }

    /// <summary>Runs it; throws if something happens that must not.</summary>
    internal async Task RunAsync()
    {
        if (!SharedRandom.TrySeed(_numbers[0])) _world.Log?.Say("the jitter of polls is not that of the seed");
        _world.Log?.Say(_setup.ToString());
        try
        {
            for (var i = 0; i < _setup.Processes; i++) Start(new SplitMix(_numbers[0] + (ulong)i));
            foreach (var number in _numbers.Skip(1))
            {
                _choose = new SplitMix(number);
                await StepAsync();
                await _world.LookAsync();
            }
            await EndAsync();
        }
        catch (Exception error) when (error is not BrokenHistoryException)
        {
            throw new BrokenHistoryException($"The history itself failed: {error}", error);
        }
    }

    private SimulatedProcess Start(SplitMix choose)
    {
        // Their clocks are wrong by hours, and run apart from the store's almost as much as is allowed for.
        var offset = TimeSpan.FromMinutes(choose.Of(0, -300, 541, 7));
        var clock = new ProcessClock(_world.Time, offset, _setup.Drift * 0.98 * choose.Of(0, 1, -1));
        var process = new SimulatedProcess(_world, $"p{_world.Processes.Count + 1}", clock);
        _world.Processes.Add(process);
        return process;
    }
}
