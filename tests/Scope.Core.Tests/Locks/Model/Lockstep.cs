using System.Diagnostics;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks.Model;

/// <summary>The engine and the model, taken through the same steps and compared after each.</summary>
/// <remarks>
/// The engine is asked by its snapshot and by <see cref="ValueTask.IsCompleted"/>, both of which follow a step at once;
/// nothing here awaits, so the thread pool has no say in any schedule.
/// </remarks>
internal sealed class Lockstep
{
    private readonly InMemoryLockProvider? _provider;
    private readonly Client[] _clients;
    private readonly QueueModel[] _keys;
    private readonly List<Step> _taken = [];
    private readonly long[] _highestTokens;

    /// <param name="clients">How many clients.</param>
    /// <param name="keys">How many keys; 0 for one lock without a key, of which there is no snapshot.</param>
    internal Lockstep(int clients, int keys)
    {
        _provider = keys == 0 ? null : new InMemoryLockProvider();
        var shared = keys == 0 ? new Lock(CancellationToken.None) : null;
        _clients = [.. Enumerable.Range(0, clients).Select(i => new Client(i, _provider, shared))];
        _keys = [.. Enumerable.Range(0, Math.Max(1, keys)).Select(_ => new QueueModel())];
        _highestTokens = new long[_keys.Length];
    }

    /// <summary>By AcquireAsync, which throws, or by TryAcquireAsync, which doesn't and is faster where many waits end.</summary>
    internal bool Throws { get; init; } = true;

    /// <summary>How often a waiter was passed over at most, over all schedules.</summary>
    internal int MostPassedOver { get; private set; }

    internal bool IsKeyed => _provider is not null;

    internal ClientState StateOf(int client) => _clients[client].State;

    internal bool IsLeased(int client) => _clients[client].Leased;

    /// <summary>Takes <paramref name="step"/>, which must be possible, on both sides.</summary>
    internal void Take(Step step, bool compare = true)
    {
        _taken.Add(step);
        var client = _clients[step.Client];
        var model = _keys[step.Verb is Verb.Acquire or Verb.TryOnce ? step.Key : client.Key];
        switch (step.Verb)
        {
            case Verb.Acquire:
                client.Ask(step, once: false, Throws);
                if (!model.TryGrantAtOnce(step.Client, step.Mode, step.Priority)) model.Enqueue(step.Client, step.Mode, step.Priority);
                client.State = ClientState.Waiting;
                break;
            case Verb.TryOnce:
                client.Ask(step, once: true, throws: false);
                if (model.TryGrantAtOnce(step.Client, step.Mode, step.Priority)) client.State = ClientState.Waiting;
                else Expect(client, "null");
                break;
            case Verb.Cancel:
                client.CancelWait();
                Leave(client, model, "cancelled");
                break;
            case Verb.TimeOut:
                client.PassTime();
                Leave(client, model, "null");
                break;
            case Verb.EndLifetime:
                client.EndLifetime();
                Leave(client, model, "cancelled");
                break;
            case Verb.DisposeLock:
                client.DisposeLock();
                Leave(client, model, "disposed");
                break;
            case Verb.Release:
                client.Release();
                model.Release(step.Client);
                client.State = ClientState.Idle;
                break;
            case Verb.LoseLease:
                client.PassTime();
                if (client.Guard.IsHeld) throw Failed($"{client.Owner} still holds after the end of its lease");
                client.Release();
                model.Release(step.Client);
                client.State = ClientState.Idle;
                break;
            case Verb.ReleaseStale:
                client.Stale.DisposeAsync().Now();
                break;
            default:
                throw new UnreachableException();
        }
        TakeGrants();
        if (compare) Compare();
    }

    /// <summary>Ends everything, and compares for the last time: nothing may be left.</summary>
    internal void Finish()
    {
        while (Array.Exists(_clients, c => c.State != ClientState.Idle))
        {
            foreach (var client in _clients)
            {
                var number = Array.IndexOf(_clients, client);
                if (client.State == ClientState.Holding) Take(new Step(number, Verb.Release), compare: false);
                else if (client.State == ClientState.Waiting) Take(new Step(number, Verb.Cancel), compare: false);
            }
        }
        Compare();
        if (_provider is not null && _provider.EntryCount != 0) throw Failed($"{_provider.EntryCount} keys are kept");
        _taken.Clear();
    }

    private void Leave(Client client, QueueModel model, string outcome)
    {
        model.Leave(Array.IndexOf(_clients, client));
        Expect(client, outcome);
        client.State = ClientState.Idle;
    }

    private void Expect(Client client, string outcome)
    {
        if (!client.IsCompleted) throw Failed($"{client.Owner} should have ended as {outcome}, but waits");
        var found = client.TakeOutcome();
        if (found != outcome) throw Failed($"{client.Owner} should have ended as {outcome}, but as {found}");
    }

    /// <summary>Whoever holds by the model must be complete in the engine; nobody else may be.</summary>
    private void TakeGrants()
    {
        var before = _highestTokens.ToArray();
        for (var i = 0; i < _clients.Length; i++)
        {
            var client = _clients[i];
            var holds = _keys[client.Key].Holders.Exists(h => h.Client == i);
            if (client.State == ClientState.Waiting)
            {
                if (holds != client.IsCompleted) throw Failed($"{client.Owner} {(holds ? "should hold, but waits" : "should wait, but is through")}");
                if (!holds) continue;
                Expect(client, "granted");
                client.State = ClientState.Holding;
                var token = client.Guard.FencingToken;
                if (token <= before[client.Key]) throw Failed($"{client.Owner} got token {token} after {before[client.Key]}");
                _highestTokens[client.Key] = Math.Max(_highestTokens[client.Key], token);
            }
            if (client.State == ClientState.Holding && !(holds && client.Guard.IsHeld)) throw Failed($"{client.Owner} should hold: {holds}, and holds: {client.Guard.IsHeld}");
        }
    }

    private void Compare()
    {
        foreach (var model in _keys)
            foreach (var waiter in model.Waiters) MostPassedOver = Math.Max(MostPassedOver, waiter.PassedOver);
        if (_provider is null) return;
        var snapshot = _provider.Snapshot();
        for (var key = 0; key < _keys.Length; key++)
        {
            var entry = snapshot.SingleOrDefault(s => s.Key == $"key-{key}");
            var model = _keys[key];
            if (entry is null)
            {
                if (model.Holders.Count + model.Waiters.Count > 0) throw Failed($"key {key} is not in the snapshot");
                continue;
            }
            var holders = string.Join(", ", entry.Holders.Select(h => $"{h.Owner} {h.Mode}").Order(StringComparer.Ordinal));
            var wanted = string.Join(", ", model.Holders.Select(h => $"{_clients[h.Client].Owner} {h.Mode}").Order(StringComparer.Ordinal));
            if (holders != wanted) throw Failed($"key {key} should be held by [{wanted}], but is by [{holders}]");
            var waiters = string.Join(", ", entry.Waiters.Select(w => $"{w.Owner} {w.Mode} {w.Priority} passed {w.PassedOver}"));
            wanted = string.Join(", ", model.Ranked.Select(w => $"{_clients[w.Client].Owner} {w.Mode} {w.Priority} passed {w.PassedOver}"));
            if (waiters != wanted) throw Failed($"for key {key} should wait [{wanted}], but do [{waiters}]");
        }
    }

    private InvalidOperationException Failed(string what) =>
        new($"After step {_taken.Count}: {what}.{Environment.NewLine}{string.Join(Environment.NewLine, _taken.TakeLast(60).Select(s => $"  {s}"))}");
}
