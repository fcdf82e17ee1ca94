namespace GoGoScope.Stress;

/// <summary>One of the tasks: asks for locks in every way there is, at random.</summary>
internal sealed class Worker(StressRun run, int number)
{
    private static readonly AcquireOptions[] Patient = [.. Enumerable.Range(-1, 4).Select(p => new AcquireOptions { Priority = p })];

    private readonly Random _random = new(unchecked(run.Options.Seed * 7919 + number));
    private readonly Lock[] _locks = [.. run.Targets.Select(target => target.NewLock())];
    private LockGuard _stale;

    internal long Granted;
    internal long Waited;
    internal long TimedOut;
    internal long Cancelled;
    internal long Ended;
    internal readonly long[] Writes = new long[run.Targets.Count];

    internal async Task WorkAsync()
    {
        // From the pool, whatever called us.
        await Task.Yield();
        while (run.TakeTurn())
        {
            try
            {
                switch (_random.Next(100))
                {
                    case 0:
                        await ThroughAScope();
                        break;
                    case 1:
                        await ThroughAScopeThatEnds();
                        break;
                    case 2:
                        await ThroughALockThatIsDisposed();
                        break;
                    case < 6:
                        await ThroughAKeyUsedOnce();
                        break;
                    default:
                        await AcquireOnce();
                        break;
                }
            }
            catch (Exception error)
            {
                run.Violations.Add($"worker {number}: {error}");
                return;
            }
        }
    }

    private async ValueTask AcquireOnce()
    {
        var index = _random.Next(run.Targets.Count);
        var @lock = _locks[index];
        var mode = _random.Next(4) == 0 ? LockMode.Read : LockMode.Exclusive;
        var priority = _random.Next(4) == 0 ? _random.Next(-1, 3) : 0;
        var options = _random.Next(20) switch
        {
            0 => Patient[priority + 1] with { Timeout = TimeSpan.Zero },
            1 => Patient[priority + 1] with { Timeout = TimeSpan.FromMicroseconds(_random.Next(1, 3_000)) },
            _ => Patient[priority + 1],
        };
        var cancel = _random.Next(8) == 0 ? new CancellationTokenSource() : null;
        if (cancel is not null) run.OfferToCancel(_random.Next(run.Options.Tasks), cancel);
        if (_random.Next(10) == 0) run.CancelSomebody(_random.Next(run.Options.Tasks));
        if (await Ask(@lock, mode, options, cancel?.Token ?? default) is not { } guard) return;
        await Hold(index, mode, guard);
        await Release(guard);
    }

    /// <summary>Null if the wait ended without a grant.</summary>
    private async ValueTask<LockGuard?> Ask(Lock @lock, LockMode mode, AcquireOptions options, CancellationToken cancellationToken)
    {
        try
        {
            if (_random.Next(3) == 0)
            {
                var trying = mode == LockMode.Read ? @lock.TryAcquireReadAsync(options, cancellationToken) : @lock.TryAcquireWriteAsync(options, cancellationToken);
                if (!trying.IsCompleted) Waited++;
                var granted = await trying;
                if (granted is null) TimedOut++;
                return granted;
            }
            var acquiring = mode == LockMode.Read ? @lock.AcquireReadAsync(options, cancellationToken) : @lock.AcquireAsync(options, cancellationToken);
            if (!acquiring.IsCompleted) Waited++;
            return await acquiring;
        }
        catch (LockTimeoutException)
        {
            TimedOut++;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Cancelled++;
        }
        return null;
    }

    private async ValueTask Hold(int index, LockMode mode, LockGuard guard)
    {
        Granted++;
        var resource = run.Targets[index].Resource;
        if (!guard.IsHeld) run.Violations.Add($"{run.Targets[index].Name}: granted, but not held");
        if (mode == LockMode.Read)
        {
            resource.EnterRead(number, guard.FencingToken);
            await Dwell();
            resource.LeaveRead(number);
        }
        else
        {
            resource.EnterExclusive(number, guard.FencingToken);
            Writes[index]++;
            await Dwell();
            resource.LeaveExclusive(number);
        }
    }

    private async ValueTask Dwell()
    {
        // A holder that gives its thread away is met by others, however many processors there are.
        var how = _random.Next(6);
        if (how < 3) await Task.Yield();
        else if (how < 5) Thread.SpinWait(how * 10);
    }

    private async ValueTask Release(LockGuard guard)
    {
        switch (_random.Next(16))
        {
            case 0:
                var copy = guard;
                var other = Task.Run(async () => await copy.DisposeAsync());
                await guard.DisposeAsync();
                await other;
                break;
            case < 4:
                await guard.DisposeAsync();
                await guard.DisposeAsync();
                break;
            default:
                await guard.DisposeAsync();
                break;
        }
        // One from an earlier turn, whose hold has long been somebody else's.
        await _stale.DisposeAsync();
        if (_random.Next(4) == 0) _stale = guard;
        if (guard.IsHeld) run.Violations.Add("held after its release");
    }

    private async ValueTask ThroughAKeyUsedOnce()
    {
        await using var @lock = new Lock(CancellationToken.None, new LockOptions { Key = $"once-{number}-{_random.NextInt64()}", Provider = run.Provider });
        await using var guard = await @lock.AcquireAsync();
        Granted++;
    }

    /// <summary>A guard that is left to the end of its scope.</summary>
    private async ValueTask ThroughAScope()
    {
        var index = run.KeyedTargets[_random.Next(run.KeyedTargets.Count)];
        await using var scope = Scope.Create(new ScopeOptions { LockProvider = run.Provider });
        var acquiring = scope.AcquireLockAsync(run.Targets[index].Name);
        if (!acquiring.IsCompleted) Waited++;
        await Hold(index, LockMode.Exclusive, await acquiring);
    }

    private async ValueTask ThroughAScopeThatEnds()
    {
        var scope = Scope.Create(new ScopeOptions { LockProvider = run.Provider });
        var waiting = scope.AcquireReadLockAsync(run.Targets[run.KeyedTargets[_random.Next(run.KeyedTargets.Count)]].Name).AsTask();
        if (!waiting.IsCompleted) Waited++;
        await scope.DisposeAsync();
        try
        {
            // Granted and released by the end of the scope, or never granted.
            var guard = await waiting;
            if (guard.IsHeld) run.Violations.Add("a guard outlived its scope");
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
            Ended++;
        }
    }

    private async ValueTask ThroughALockThatIsDisposed()
    {
        var @lock = run.Targets[run.KeyedTargets[_random.Next(run.KeyedTargets.Count)]].NewLock();
        var waiting = @lock.AcquireAsync().AsTask();
        if (!waiting.IsCompleted) Waited++;
        await @lock.DisposeAsync();
        try
        {
            await (await waiting).DisposeAsync();
        }
        catch (ObjectDisposedException)
        {
            Ended++;
        }
    }
}
