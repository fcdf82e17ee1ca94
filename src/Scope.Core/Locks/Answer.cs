using System.Runtime.CompilerServices;

namespace GoGoScope;

/// <summary>
/// What became of a request: granted, waiting, refused, or handed on to a provider elsewhere. Two words, which a call returns
/// in registers; the task of four words is made where it is awaited, and there costs nothing.
/// </summary>
internal readonly struct Answer
{
    // A hold with its token, a waiter with the version of its wait, an exception, or a task; null: not granted in time.
    private readonly object? _what;
    private readonly long _number;

    private Answer(object? what, long number) => (_what, _number) = (what, number);

    internal static Answer Granted(Hold hold, long token) => new(hold, token);

    internal static Answer Waiting(Waiter waiter) => new(waiter, waiter.Version);

    internal static Answer Refused(Exception error) => new(error, 0);

    /// <summary>The answer to those who get null when the time is up.</summary>
    internal static Answer NotInTime => default;

    /// <summary>What a provider answers that is asked by its public face.</summary>
    internal static Answer Of(ILockProvider provider, in LockRequest request, bool answersNull, CancellationToken cancellationToken) => answersNull
        ? new(provider.TryAcquireAsync(in request, cancellationToken).AsTask(), 0)
        : new(provider.AcquireAsync(in request, cancellationToken).AsTask(), 0);

    /// <summary>The same for permits.</summary>
    internal static Answer OfPermits(ILockProvider provider, in LockRequest request, bool answersNull, CancellationToken cancellationToken)
    {
        return answersNull
            ? new(OrNullAsync(provider.TryAcquireAsync(in request, cancellationToken)), 0)
            : new(GuardAsync(provider.AcquireAsync(in request, cancellationToken)), 0);

        static async Task<SemaphoreGuard> GuardAsync(ValueTask<LockGuard> acquiring) => (await acquiring.ConfigureAwait(false)).AsSemaphoreGuard();

        static async Task<SemaphoreGuard?> OrNullAsync(ValueTask<LockGuard?> acquiring) =>
            await acquiring.ConfigureAwait(false) is { } guard ? guard.AsSemaphoreGuard() : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard> ToTask() => _what switch
    {
        Hold hold => new(new LockGuard(hold, _number)),
        Waiter waiter => new(waiter, (short)_number),
        _ => new(Otherwise<LockGuard>()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<LockGuard?> ToTryTask() => _what switch
    {
        Hold hold => new(new LockGuard(hold, _number)),
        Waiter waiter => new(waiter, (short)_number),
        null => default,
        _ => new(Otherwise<LockGuard?>()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<SemaphoreGuard> ToSemaphoreTask() => _what switch
    {
        Hold hold => new(new SemaphoreGuard(hold, _number)),
        Waiter waiter => new(waiter, (short)_number),
        _ => new(Otherwise<SemaphoreGuard>()),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<SemaphoreGuard?> ToSemaphoreTryTask() => _what switch
    {
        Hold hold => new(new SemaphoreGuard(hold, _number)),
        Waiter waiter => new(waiter, (short)_number),
        null => default,
        _ => new(Otherwise<SemaphoreGuard?>()),
    };

    /// <summary>
    /// What an <c>async</c> method that throws the error would return: a cancelled task, with its message, for a cancellation,
    /// and a faulted one for everything else.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Task<T> Otherwise<T>()
    {
        if (_what is Task<T> task) return task;
        var builder = AsyncTaskMethodBuilder<T>.Create();
        builder.SetException((Exception)_what!);
        return builder.Task;
    }
}
