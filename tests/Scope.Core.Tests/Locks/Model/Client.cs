using System.Diagnostics.CodeAnalysis;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Locks.Model;

/// <summary>One user of the engine: a clock of its own, so that its waits and leases can be ended alone, and one request at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing that has to be disposed.")]
internal sealed class Client(int number, InMemoryLockProvider? provider, Lock? shared, AsyncSemaphore? semaphore = null)
{
    internal static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private static readonly AcquireOptions[] Patient = [.. Enumerable.Range(-1, 4).Select(p => new AcquireOptions { Priority = p, Timeout = Moment })];
    private static readonly AcquireOptions[] Once = [.. Enumerable.Range(-1, 4).Select(p => new AcquireOptions { Priority = p, Timeout = TimeSpan.Zero })];

    private readonly ManualTimeProvider _time = new();
    private readonly Dictionary<(int Key, bool Leased), Lock> _locks = [];
    private CancellationTokenSource _lifetime = new();
    private CancellationTokenSource _cancel = new();
    private Lock? _current;
    private ValueTask<LockGuard?> _trying;
    private ValueTask<LockGuard> _acquiring;
    private ValueTask<SemaphoreGuard?> _tryingPermits;
    private ValueTask<SemaphoreGuard> _acquiringPermits;
    private bool _throws;

    internal string Owner { get; } = $"c{number}";

    internal ClientState State { get; set; }

    internal int Key { get; private set; }

    internal bool Leased { get; private set; }

    internal LockGuard Guard { get; private set; }

    internal LockGuard Stale { get; private set; }

    /// <summary>How the request must end, from when that is decided until the client has seen it.</summary>
    internal string? Expected { get; set; }

    /// <summary>The token that the snapshot showed for its hold; zero if nobody looked.</summary>
    internal long SeenToken { get; set; }

    internal bool IsCompleted => semaphore is not null
        ? (_throws ? _acquiringPermits.IsCompleted : _tryingPermits.IsCompleted)
        : (_throws ? _acquiring.IsCompleted : _trying.IsCompleted);

    /// <summary>Starts a request; with <paramref name="throws"/> by AcquireAsync, else by TryAcquireAsync.</summary>
    [SuppressMessage("Reliability", "CA2012", Justification = "Kept to see when it completes; its result is taken once.")]
    internal void Ask(Step step, bool once, bool throws)
    {
        Key = step.Key;
        Leased = step.Leased;
        SeenToken = 0;
        _throws = throws;
        if (semaphore is not null)
        {
            AskForPermits(step, once);
            return;
        }
        _current = LockOf(step.Key, step.Leased);
        var options = (once ? Once : Patient)[step.Priority + 1];
        if (shared is not null && !once) options = options with { Timeout = Timeout.InfiniteTimeSpan };
        if (throws) _acquiring = step.Mode == LockMode.Read ? _current.AcquireReadAsync(options, _cancel.Token) : _current.AcquireAsync(options, _cancel.Token);
        else _trying = step.Mode == LockMode.Read ? _current.TryAcquireReadAsync(options, _cancel.Token) : _current.TryAcquireWriteAsync(options, _cancel.Token);
    }

    /// <summary>How the request ended, once it has.</summary>
    internal string TakeOutcome()
    {
        try
        {
            LockGuard? guard = semaphore is not null ? TakePermits() : _throws ? _acquiring.Now() : _trying.Now();
            if (guard is null) return "null";
            Guard = guard.Value;
            return "granted";
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
        catch (Exception error) when (error is LockTimeoutException or SemaphoreTimeoutException)
        {
            return "null";
        }
        catch (ObjectDisposedException)
        {
            return "disposed";
        }
        finally
        {
            (_trying, _acquiring) = (default, default);
            (_tryingPermits, _acquiringPermits) = (default, default);
        }
    }

    internal void CancelWait()
    {
        _cancel.Cancel();
        _cancel.Dispose();
        _cancel = new CancellationTokenSource();
    }

    internal void EndLifetime()
    {
        _lifetime.Cancel();
        _lifetime.Dispose();
        _lifetime = new CancellationTokenSource();
        _locks.Clear();
    }

    internal void DisposeLock()
    {
        _current!.DisposeAsync().Now();
        _locks.Remove((Key, Leased));
    }

    /// <summary>Ends what is timed of this client: its wait, or its lease.</summary>
    internal void PassTime() => _time.Advance(Moment);

    internal void Release()
    {
        Guard.DisposeAsync().Now();
        Stale = Guard;
        Guard = default;
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "Kept to see when it completes; its result is taken once.")]
    private void AskForPermits(Step step, bool once)
    {
        var options = (once ? Once : Patient)[step.Priority + 1];
        if (!once) options = options with { Timeout = Timeout.InfiniteTimeSpan };
        if (_throws) _acquiringPermits = semaphore!.AcquireAsync(step.Weight, options, _cancel.Token);
        else _tryingPermits = semaphore!.TryAcquireAsync(step.Weight, options, _cancel.Token);
    }

    private LockGuard? TakePermits()
    {
        SemaphoreGuard? guard = _throws ? _acquiringPermits.Now() : _tryingPermits.Now();
        if (guard is { } granted && granted.Weight < 1) throw new InvalidOperationException("A guard of no permits.");
        return guard?.AsLockGuard();
    }

    private Lock LockOf(int key, bool leased)
    {
        if (shared is not null) return shared;
        if (_locks.TryGetValue((key, leased), out var known)) return known;
        return _locks[(key, leased)] = new Lock(_lifetime.Token, new LockOptions
        {
            Key = $"key-{key}",
            Provider = provider,
            Owner = Owner,
            TimeProvider = _time,
            TimeToLive = leased ? Moment : null,
            AutoRenew = !leased,
        });
    }
}
