namespace GoGoScope.Tests.Leases.Record.Exploration;

/// <summary>Goes through all states that can be reached, nearest first, until there is no new one.</summary>
internal sealed class Explorer
{
    private readonly RecordTable _records;
    private readonly PlanTable _plans;
    private readonly Stepper _stepper;
    private readonly Dictionary<Packed, int> _numbers = [];
    private readonly List<Packed> _states = [];
    private readonly List<int> _origins = [];
    private int _from = -1;

    // What clients were called at the start of a path: those that are alike change places from state to state.
    private string[] _names = [];

    internal Explorer(Setup setup)
    {
        _records = new RecordTable(setup);
        _plans = new PlanTable(setup, _records);
        _stepper = new Stepper(setup, _records, _plans);
    }

    internal int States => _states.Count;

    internal long Steps { get; private set; }

    internal int Changes => _plans.Made;

    internal void Run(int most)
    {
        Add(default, default);
        for (var next = 0; next < _states.Count; next++)
        {
            if (_states.Count > most) throw new AssertionException($"more than {most:N0} states");
            _from = next;
            try
            {
                _stepper.Expand(World.Unpack(_states[next]), Add);
            }
            catch (Exception broken) when (broken is not AssertionException)
            {
                var last = _stepper.Current;
                var path = Path(next, last).ToList();
                // The message has the names that clients have in the last state.
                var names = string.Join(", ", _names.Select((name, client) => $"{RecordTable.Id(client, 0).Process} is {name}"));
                throw new AssertionException($"{broken.Message} ({names}), after {path.Count} steps:\n{string.Join('\n', path)}\n{broken.StackTrace}");
            }
        }
    }

    private void Add(in World world, Move move)
    {
        Steps++;
        var packed = world.Pack();
        if (!_numbers.TryAdd(packed, _states.Count)) return;
        _states.Add(packed);
        _origins.Add(_from);
    }

    /// <summary>The steps from the first state to this one; what each is, is found by taking them again.</summary>
    private IEnumerable<string> Path(int state, Move last)
    {
        var states = new List<int>();
        for (var one = state; one >= 0; one = _origins[one]) states.Insert(0, one);
        _names = ["a", "b", "c"];
        for (var i = 1; i < states.Count; i++)
        {
            var to = _states[states[i]];
            Move? taken = null;
            var order = 0;
            void Find(in World world, Move move)
            {
                if (taken is null && world.Pack() == to) (taken, order) = (move, _stepper.Order);
            }
            _stepper.Expand(World.Unpack(_states[states[i - 1]]), Find);
            var step = taken!.Value.Describe(_names);
            _names = [.. Enumerable.Range(0, Setup.Clients).OrderBy(client => order >> (2 * client) & 3).Select(client => _names[client])];
            yield return $"  {step,-60} {Describe(World.Unpack(to))}";
        }
        yield return $"  {last.Describe(_names)}";
    }

    private string Describe(World world)
    {
        string Name(int client, int number) => $"{_names[client]}.{number}";
        var text = new List<string>();
        foreach (var (client, number, mode, token, last, expiresAt) in _records[world.Record].Holders)
            text.Add($"{Name(client, number)}{(mode == LockMode.Exclusive ? "!" : "")} {expiresAt} ticks, tokens {token}..{last}");
        foreach (var waiter in _records[world.Record].Record.Waiters)
            text.Add($"{Name(RecordTable.ClientOf(waiter.Id.Process), (int)waiter.Id.Number)}{(waiter.Mode == LockMode.Exclusive ? "!" : "")} waits{(waiter.PassedOver > 0 ? $", passed over {waiter.PassedOver}" : "")}");
        for (var i = 0; i < Setup.Clients; i++)
        {
            if (world.Clients[i].Believes > 0) text.Add($"{Name(i, world.Clients[i].Number)} believes for {world.Clients[i].Believes}");
        }
        return text.Count == 0 ? "free" : string.Join("; ", text);
    }
}
