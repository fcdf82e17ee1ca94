namespace GoGoScope.Tests.Locks.Model;

/// <summary>Depth first through all schedules; each is run from the start, and compared from where it leaves the one before.</summary>
internal sealed class Exploration(int clients, int longest, bool keyed, int permits = 0)
{
    private readonly Lockstep _system = new(clients, keyed ? 1 : 0, permits) { Throws = false };
    private readonly Step[] _path = new Step[longest];
    private readonly HashSet<string> _states = [];
    private int _known;

    internal long Schedules { get; private set; }

    internal long Compared { get; private set; }

    internal int DistinctStates => _states.Count;

    internal void Run() => Extend(new QueueModel(permits), 0, 0);

    private void Extend(QueueModel model, int depth, int seen)
    {
        if (depth == longest)
        {
            RunPath();
            return;
        }
        for (var client = 0; client < Math.Min(seen + 1, clients); client++)
        {
            foreach (var step in Possible(model, client))
            {
                _path[depth] = step;
                _known = Math.Min(_known, depth);
                Extend(After(model, step), depth + 1, Math.Max(seen, client + 1));
            }
        }
    }

    private IEnumerable<Step> Possible(QueueModel model, int client)
    {
        if (model.Holders.Exists(h => h.Client == client))
        {
            yield return new Step(client, Verb.Release);
        }
        else if (model.Waiters.Exists(w => w.Client == client))
        {
            yield return new Step(client, Verb.Cancel);
            if (keyed) yield return new Step(client, Verb.TimeOut);
        }
        else if (permits > 0)
        {
            for (var weight = 1; weight <= permits; weight++) yield return new Step(client, Verb.Acquire, Weight: weight);
            yield return new Step(client, Verb.Acquire, Priority: 1, Weight: 1);
        }
        else
        {
            yield return new Step(client, Verb.Acquire);
            yield return new Step(client, Verb.Acquire, LockMode.Read);
            yield return new Step(client, Verb.Acquire, LockMode.Exclusive, Priority: 1);
        }
    }

    private QueueModel After(QueueModel model, Step step)
    {
        var next = model.Clone();
        switch (step.Verb)
        {
            case Verb.Acquire:
                if (!next.TryGrantAtOnce(step.Client, step.Mode, step.Priority, step.Weight)) next.Enqueue(step.Client, step.Mode, step.Priority, step.Weight);
                break;
            case Verb.Release:
                next.Release(step.Client);
                break;
            default:
                next.Leave(step.Client);
                break;
        }
        _states.Add(Describe(next));
        return next;
    }

    private void RunPath()
    {
        for (var i = 0; i < longest; i++) _system.Take(_path[i], compare: i >= _known);
        _system.Finish();
        Schedules++;
        Compared += longest - _known;
        _known = longest;
    }

    private static string Describe(QueueModel model) =>
        string.Join(',', model.Holders.OrderBy(h => h.Client).Select(h => $"{h.Client}{h.How}"))
        + "|" + string.Join(',', model.Waiters.Select(w => $"{w.Client}{w.How}{w.Priority}{w.PassedOver}"));
}
