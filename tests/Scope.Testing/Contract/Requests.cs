namespace GoGoScope.Testing;

/// <summary>Every way to ask a <see cref="Lock"/>.</summary>
public enum RequestForm
{
    /// <summary><see cref="Lock.AcquireAsync(AcquireOptions, CancellationToken)"/></summary>
    Acquire,

    /// <summary><see cref="Lock.AcquireReadAsync(AcquireOptions, CancellationToken)"/></summary>
    AcquireRead,

    /// <summary><see cref="Lock.AcquireWriteAsync(AcquireOptions, CancellationToken)"/></summary>
    AcquireWrite,

    /// <summary><see cref="Lock.TryAcquireAsync(AcquireOptions, CancellationToken)"/></summary>
    TryAcquire,

    /// <summary><see cref="Lock.TryAcquireReadAsync(AcquireOptions, CancellationToken)"/></summary>
    TryAcquireRead,

    /// <summary><see cref="Lock.TryAcquireWriteAsync(AcquireOptions, CancellationToken)"/></summary>
    TryAcquireWrite,
}

/// <summary>Requests by mode, and every form behind one call.</summary>
internal static class Requests
{
    private static readonly AcquireOptions Patient = new();

    /// <summary>Acquires <paramref name="lock"/> in <paramref name="mode"/>.</summary>
    public static ValueTask<LockGuard> Acquire(this Lock @lock, LockMode mode, AcquireOptions? options = null, CancellationToken cancellationToken = default) =>
        mode == LockMode.Read
            ? @lock.AcquireReadAsync(options ?? Patient, cancellationToken)
            : @lock.AcquireAsync(options ?? Patient, cancellationToken);

    /// <summary>Tries <paramref name="lock"/> once in <paramref name="mode"/>.</summary>
    public static ValueTask<LockGuard?> TryOnce(this Lock @lock, LockMode mode, CancellationToken cancellationToken = default) =>
        mode == LockMode.Read ? @lock.TryAcquireReadAsync(cancellationToken) : @lock.TryAcquireAsync(cancellationToken);

    /// <summary>Whether the form answers null where others throw.</summary>
    public static bool IsTry(this RequestForm form) => form >= RequestForm.TryAcquire;

    /// <summary>How the form holds the lock.</summary>
    public static LockMode Mode(this RequestForm form) =>
        form is RequestForm.AcquireRead or RequestForm.TryAcquireRead ? LockMode.Read : LockMode.Exclusive;

    /// <summary>Makes the request; without a timeout it waits as long as it takes, also where it only tries.</summary>
    public static Task<LockGuard?> Start(this RequestForm form, Lock @lock, AcquireOptions options, CancellationToken cancellationToken = default) =>
        MakeAsync(form, @lock, options with { Timeout = options.Timeout ?? Timeout.InfiniteTimeSpan }, cancellationToken);

    private static async Task<LockGuard?> MakeAsync(RequestForm form, Lock @lock, AcquireOptions options, CancellationToken cancellationToken) => form switch
    {
        RequestForm.Acquire => await @lock.AcquireAsync(options, cancellationToken),
        RequestForm.AcquireRead => await @lock.AcquireReadAsync(options, cancellationToken),
        RequestForm.AcquireWrite => await @lock.AcquireWriteAsync(options, cancellationToken),
        RequestForm.TryAcquire => await @lock.TryAcquireAsync(options, cancellationToken),
        RequestForm.TryAcquireRead => await @lock.TryAcquireReadAsync(options, cancellationToken),
        _ => await @lock.TryAcquireWriteAsync(options, cancellationToken),
    };
}
