using System.Runtime.CompilerServices;

namespace GoGoScope;

// Again and again.
public sealed partial class Scope
{
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    /// <summary>
    /// Runs <paramref name="work"/> every <paramref name="period"/>, by the scope's <see cref="TimeProvider"/>, until the scope is cancelled. It is a child of the scope,
    /// so the scope does not end by itself before that. It takes no slot of <see cref="ScopeOptions.MaxConcurrency"/>.
    /// </summary>
    /// <remarks>
    /// <para>The first run comes one period from now. Runs never overlap: one that takes longer than a period is followed at once by the next, whatever number of
    /// beats it has missed, and after that the beat is the old one.</para>
    /// <para>A run that fails ends it, as the failure of a child: catch in <paramref name="work"/> what is to be tried again. A cancellation
    /// between two runs cuts nothing short, and the child ends well.</para>
    /// </remarks>
    /// <param name="period">From 1 ms to 2^32 - 2 ms, which is 49 days.</param>
    /// <param name="work">What to run; its token is <see cref="Token"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is out of range.</exception>
    /// <exception cref="ObjectDisposedException">The scope has ended.</exception>
    /// <example>
    /// <code>
    /// s.Every(TimeSpan.FromMinutes(1), async ct =>
    /// {
    ///     try { await PurgeAsync(ct); }
    ///     catch (DbException e) { logger.LogWarning(e, "Tried again in a minute."); }
    /// });
    /// </code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public void Every(TimeSpan period, Func<CancellationToken, Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        StartEvery(period, token => new ValueTask(work(token)));
    }

    /// <inheritdoc cref="Every(TimeSpan, Func{CancellationToken, Task})"/>
    public void Every(TimeSpan period, Func<CancellationToken, ValueTask> work) => StartEvery(period, Ensure.NotNull(work));

    private void StartEvery(TimeSpan period, Func<CancellationToken, ValueTask> work)
    {
        if (period < ShortestPeriod || period > LongestPeriod)
            throw new ArgumentOutOfRangeException(nameof(period), period, $"A period is from {LockText.Duration(ShortestPeriod)} to {LockText.Duration(LongestPeriod)}.");
        // The first period begins with the call. The child may never run, so the timer is the scope's.
        var timer = new PeriodicTimer(period, TimeProvider);
        var owned = new OwnedDisposable(timer);
        AddOwned(owned);
        Admit(new VoidChild(this, new Func<CancellationToken, Task>(token => RepeatAsync(timer, owned, work, token)), completion: null) { OnlyCoordinates = true });
    }

    private async Task RepeatAsync(PeriodicTimer timer, Owned owned, Func<CancellationToken, ValueTask> work, CancellationToken token)
    {
        try
        {
            while (await HasComeAsync(timer, token).ConfigureAwait(false)) await work(token).ConfigureAwait(false);
        }
        finally
        {
            timer.Dispose();
            Disown(owned);
        }
    }

    /// <summary>False if the scope was cancelled before the next beat.</summary>
    private static async ValueTask<bool> HasComeAsync(PeriodicTimer timer, CancellationToken token)
    {
        try
        {
            return await timer.WaitForNextTickAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return false;
        }
    }
}
