using System.Runtime.CompilerServices;

namespace GoGoScope;

// The inside of a semaphore: a lock that as many hold together as there are permits for. Its lifetime, its waits and its guards are
// those of every lock, with a key or without.
public sealed partial class Lock
{
    private readonly AsyncSemaphore? _semaphore;

    internal Lock(AsyncSemaphore semaphore, Scope? scope, LockOptions options, CancellationToken lifetime)
    {
        _semaphore = semaphore;
        _options = options;
        _scope = scope;
        _givenLifetime = lifetime;
        if (options.Key is { } key)
        {
            options.Validate(hasScope: scope is not null);
            _provider = ProviderOfPermits(options, scope);
            _memory = _provider as InMemoryLockProvider;
            _keyHash = key.GetHashCode();
        }
        else
        {
            _entry = new LockEntry(semaphore.Permits, options, scope, this);
            _shortHold = _entry.ShortHold;
        }
        if (scope is null) return;
        _ownership = new LockOwnership(this);
        if (!scope.TryOwn(_ownership)) throw new ObjectDisposedException(nameof(Scope), "The scope has ended: it hands out no more semaphores.");
    }

    /// <summary>The semaphore that this is the inside of; null for a lock.</summary>
    internal AsyncSemaphore? Semaphore => _semaphore;

    /// <summary>What <see cref="TakeShort"/> has taken.</summary>
    internal Hold ShortHold => _shortHold!;

    /// <summary>How many are free; with a key, how many this process doesn't hold.</summary>
    internal int FreePermits => _entry?.FreePermits ?? FreeOf(LookAtKey());

    /// <summary>How many wait, of this process.</summary>
    internal int WaiterCount => _entry?.WaiterCount ?? LookAtKey()?.Waiters.Count ?? 0;

    /// <summary>Decides a request for <paramref name="weight"/> permits, which was found to be valid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal Answer AskForPermits(int weight, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || HasEnded) return Answer.Refused(WhyNot(cancellationToken));
        if (_entry is null) return AskProviderForPermits(weight, priority, timeout, answersNull, cancellationToken);
        if (!Telemetry.IsOn)
        {
            if (_shortHold is { } resident && resident.TryTakeShort(weight) is not 0 and var shortToken) return Answer.Granted(resident, shortToken);
            if (_entry.TryTakePermits(weight) is { Hold: { } hold, Token: var token }) return Answer.Granted(hold, token);
        }
        return WaitForPermits(weight, priority, timeout, answersNull, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Answer WaitForPermits(int weight, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        var request = Request(LockMode.Permits, priority, timeout, weight, _semaphore!.Permits);
        return _entry!.Acquire(in request, answersNull, cancellationToken);
    }

    private Answer AskProviderForPermits(int weight, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        var request = Request(LockMode.Permits, priority, timeout, weight, _semaphore!.Permits);
        return _memory is not null
            ? _memory.Acquire(in request, answersNull, cancellationToken)
            : Answer.OfPermits(_provider!, in request, answersNull, cancellationToken);
    }

    /// <summary>None where the key is in use as something else.</summary>
    private int FreeOf(LockSnapshot? key)
    {
        var permits = _semaphore!.Permits;
        if (key is null or { Holders.Count: 0 }) return permits;
        return key.Permits == permits ? permits - key.Holders.Sum(static holder => holder.Weight) : 0;
    }

    private LockSnapshot? LookAtKey() => _memory is not null
        ? _memory.LookAt(Key!, _keyHash)
        : _provider!.Snapshot().FirstOrDefault(one => one.Key == Key);

    private static ILockProvider ProviderOfPermits(LockOptions options, Scope? scope)
    {
        var provider = options.Provider ?? scope?.LockProvider ?? InMemoryLockProvider.Shared;
        return provider.GrantsPermits ? provider : throw new NotSupportedException(
            $"The provider \"{provider.Name}\" grants no permits ({nameof(ILockProvider)}.{nameof(ILockProvider.GrantsPermits)}): a semaphore of a key needs one that does.");
    }
}
