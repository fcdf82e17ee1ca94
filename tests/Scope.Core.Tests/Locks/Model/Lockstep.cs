using System.Diagnostics;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks.Model;

/// <summary>The engine and the model, taken through the same steps and compared after each.</summary>
/// <remarks>
/// The engine is asked by its snapshot, which shows each decision at once. The news of it travels to the client by the
/// thread pool; the client looks at it when it acts again, so the pool's timing has no say in any schedule.
/// </remarks>
internal sealed class Lockstep
{
    private readonly InMemoryLockProvider? _provider;
    private readonly Client[] _clients;
    private readonly QueueModel[] _keys;
    private readonly List<Step> _taken = [];
    private readonly Lock? _shared;
    private readonly AsyncSemaphore? _semaphore;
    private readonly InMemoryLockProvider? _ofKey;
    private readonly long[] _highestTokens;
    private readonly HashSet<long>[] _shownTokens;

    /// <param name="clients">How many clients.</param>
    /// <param name="keys">How many keys; 0 for one lock without a key, of which there is no snapshot.</param>
    /// <param name="permits">How many permits, for a semaphore instead of a lock without a key.</param>
    /// <param name="ofKey">Whether the semaphore has a key.</param>
    internal Lockstep(int clients, int keys, int permits = 0, bool ofKey = false)
    {
        _provider = keys == 0 ? null : new InMemoryLockProvider();
        _shared = keys + permits == 0 ? new Lock(CancellationToken.None) : null;
        _ofKey = ofKey ? new InMemoryLockProvider() : null;
        _semaphore = permits == 0 ? null : ofKey ? new AsyncSemaphore(null, "key", permits, new SemaphoreOptions { Provider = _ofKey }, CancellationToken.None) : new AsyncSemaphore(permits);
        _clients = [.. Enumerable.Range(0, clients).Select(i => new Client(i, _provider, _shared, _semaphore))];
        _keys = [.. Enumerable.Range(0, Math.Max(1, keys)).Select(_ => new QueueModel(permits))];
        _highestTokens = new long[_keys.Length];
        _shownTokens = [.. _keys.Select(_ => new HashSet<long>())];
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
        Settle(client);
        var model = _keys[step.Verb is Verb.Acquire or Verb.TryOnce ? step.Key : client.Key];
        switch (step.Verb)
        {
            case Verb.Acquire:
                client.Ask(step, once: false, Throws);
                client.State = ClientState.Waiting;
                if (model.TryGrantAtOnce(step.Client, step.Mode, step.Priority, step.Weight)) GrantedAtOnce(client);
                else model.Enqueue(step.Client, step.Mode, step.Priority, step.Weight);
                break;
            case Verb.TryOnce:
                client.Ask(step, once: true, throws: false);
                if (model.TryGrantAtOnce(step.Client, step.Mode, step.Priority, step.Weight)) GrantedAtOnce(client);
                else client.Expected = "null";
                if (!client.IsCompleted) throw Failed($"{client.Owner} tried once, and waits");
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
        NoteGrants();
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
        foreach (var client in _clients) Settle(client);
        Compare();
        if ((_provider ?? _ofKey) is { EntryCount: not 0 and var kept }) throw Failed($"{kept} keys are kept");
        _taken.Clear();
    }

    private void Leave(Client client, QueueModel model, string outcome)
    {
        model.Leave(Array.IndexOf(_clients, client));
        client.Expected = outcome;
        client.State = ClientState.Idle;
    }

    /// <summary>Marks those who hold by the model by now; whether they do in the engine is the comparison's to say.</summary>
    private void NoteGrants()
    {
        for (var i = 0; i < _clients.Length; i++)
        {
            var client = _clients[i];
            if (client.State != ClientState.Waiting || !_keys[client.Key].Holders.Exists(h => h.Client == i)) continue;
            client.State = ClientState.Holding;
            client.Expected = "granted";
        }
    }

    /// <summary>Lets the client see the outcome that was decided: it arrives by the thread pool.</summary>
    private void Settle(Client client)
    {
        if (client.Expected is not { } expected) return;
        var started = Stopwatch.GetTimestamp();
        for (var spin = new SpinWait(); !client.IsCompleted; spin.SpinOnce(sleep1Threshold: -1))
        {
            if (Stopwatch.GetElapsedTime(started) > Waiting.HangLimit) throw Failed($"{client.Owner} should have ended as {expected}, but waits");
        }
        var found = client.TakeOutcome();
        client.Expected = null;
        if (found != expected) throw Failed($"{client.Owner} should have ended as {expected}, but as {found}");
        if (found != "granted") return;
        if (!client.Guard.IsHeld) throw Failed($"{client.Owner}'s guard is not held");
        if (client.SeenToken != 0 && client.Guard.FencingToken != client.SeenToken) throw Failed($"{client.Owner} has token {client.Guard.FencingToken}, shown was {client.SeenToken}");
    }

    private void GrantedAtOnce(Client client)
    {
        if (!client.IsCompleted) throw Failed($"{client.Owner} should be granted at once, but waits");
        client.State = ClientState.Holding;
        client.Expected = "granted";
    }

    private void Compare()
    {
        for (var key = 0; key < _keys.Length; key++)
        {
            foreach (var waiter in _keys[key].Waiters) MostPassedOver = Math.Max(MostPassedOver, waiter.PassedOver);
        }
        if (_semaphore is not null)
        {
            Compare(0, _ofKey is null ? _semaphore.Snapshot() : _ofKey.Snapshot().SingleOrDefault());
            if (_semaphore.CurrentCount != _keys[0].FreePermits) throw Failed($"{_semaphore.CurrentCount} permits are free, not {_keys[0].FreePermits}");
            if (_semaphore.WaitingCount != _keys[0].Waiters.Count) throw Failed($"{_semaphore.WaitingCount} wait, not {_keys[0].Waiters.Count}");
            return;
        }
        if (_shared is not null)
        {
            Compare(0, _shared.OwnSnapshot());
            return;
        }
        var snapshot = _provider!.Snapshot();
        for (var key = 0; key < _keys.Length; key++) Compare(key, snapshot.SingleOrDefault(s => s.Key == $"key-{key}"));
    }

    private void Compare(int key, LockSnapshot? entry)
    {
        var model = _keys[key];
        if (entry is null)
        {
            if (model.Holders.Count + model.Waiters.Count > 0) throw Failed($"key {key} is not in the snapshot");
            return;
        }
        // On a lock without a key all clients are one owner; then their modes and priorities are compared.
        Same(key, "held by",
            model.Holders.Select(h => $"{NameOf(h.Client)} {h.How}").Order(StringComparer.Ordinal),
            entry.Holders.Select(h => $"{NameOf(h.Owner)} {h.How}").Order(StringComparer.Ordinal));
        Same(key, "waited for by",
            model.Ranked.Select(w => $"{NameOf(w.Client)} {w.How} {w.Priority} passed over {w.PassedOver}"),
            entry.Waiters.Select(w => $"{NameOf(w.Owner)} {w.How} {w.Priority} passed over {w.PassedOver}"));

        var before = _highestTokens[key];
        foreach (var holder in entry.Holders)
        {
            _highestTokens[key] = Math.Max(_highestTokens[key], holder.FencingToken);
            if (_shownTokens[key].Add(holder.FencingToken) && holder.FencingToken <= before) throw Failed($"{holder.Owner} has token {holder.FencingToken} after {before}");
            if (IsKeyed) _clients.Single(c => c.Owner == holder.Owner).SeenToken = holder.FencingToken;
        }
        _shownTokens[key].RemoveWhere(token => !entry.Holders.Any(h => h.FencingToken == token));
    }

    private string NameOf(int client) => IsKeyed ? _clients[client].Owner : "somebody";

    private string NameOf(string owner) => IsKeyed ? owner : "somebody";

    private void Same(int key, string what, IEnumerable<string> wanted, IEnumerable<string> found)
    {
        var (inModel, inEngine) = (string.Join(", ", wanted), string.Join(", ", found));
        if (inModel != inEngine) throw Failed($"key {key} should be {what} [{inModel}], but is by [{inEngine}]");
    }

    private InvalidOperationException Failed(string what) =>
        new($"After step {_taken.Count}: {what}.{Environment.NewLine}{string.Join(Environment.NewLine, _taken.TakeLast(60).Select(s => $"  {s}"))}");
}
