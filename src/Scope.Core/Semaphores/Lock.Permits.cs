using System.Runtime.CompilerServices;

namespace GoGoScope;

// The inside of a semaphore: a lock without a key that as many hold together as there are permits for. Its lifetime, its waits
// and its guards are those of every lock.
public sealed partial class Lock
{
    private readonly AsyncSemaphore? _semaphore;

    internal Lock(AsyncSemaphore semaphore, Scope? scope, LockOptions options, CancellationToken lifetime)
    {
        _semaphore = semaphore;
        _options = options;
        _scope = scope;
        _givenLifetime = lifetime;
        _entry = new LockEntry(semaphore.Permits, options, scope, this);
        if (scope is null) return;
        _ownership = new LockOwnership(this);
        if (!scope.TryOwn(_ownership)) throw new ObjectDisposedException(nameof(Scope), "The scope has ended: it hands out no more semaphores.");
    }

    /// <summary>The semaphore that this is the inside of; null for a lock.</summary>
    internal AsyncSemaphore? Semaphore => _semaphore;

    /// <summary>Takes permits that are free by a hold that is, in a scope that goes on; zero if it is not like that.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal long TakeFreePermits(Hold resident, int weight, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && !IsDisposed && _scope is { IsCancelled: false } && !Telemetry.IsOn
            ? _entry!.TryTakeFreePermits(resident, weight)
            : 0;

    internal Hold ResidentHold => _entry!.Resident;

    internal int FreePermits => _entry!.FreePermits;

    internal int WaiterCount => _entry!.WaiterCount;

    /// <summary>Decides a request for <paramref name="weight"/> permits, which was found to be valid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal Answer AskForPermits(int weight, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || HasEnded) return Answer.Refused(WhyNot(cancellationToken));
        if (!Telemetry.IsOn && _entry!.TryTakePermits(weight, out var token) is { } hold) return Answer.Granted(hold, token);
        return WaitForPermits(weight, priority, timeout, answersNull, cancellationToken);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Answer WaitForPermits(int weight, int priority, TimeSpan timeout, bool answersNull, CancellationToken cancellationToken)
    {
        var request = Request(LockMode.Exclusive, priority, timeout, weight);
        return _entry!.Acquire(in request, answersNull, cancellationToken);
    }
}
