using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace GoGoScope;

/// <summary>
/// Something that is waited for, but not for ever: the answer or a <see cref="TimeoutException"/>, whichever comes first. An answer that
/// comes later is taken all the same, so no error stays unobserved.
/// </summary>
internal sealed class TimedAnswer<T> : Deadline, IValueTaskSource<T>
{
    private readonly DeadlineQueue _deadlines;
    private readonly TimeSpan _timeout;
    private readonly Action<T>? _late;
    private ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter _answer;
    private ManualResetValueTaskSourceCore<T> _outcome;
    private int _isDecided;

    private TimedAnswer(ValueTask<T> answer, TimeSpan timeout, DeadlineQueue deadlines, Action<T>? late)
    {
        _timeout = timeout;
        _deadlines = deadlines;
        _late = late;
        _answer = answer.ConfigureAwait(false).GetAwaiter();
    }

    /// <param name="answer">What is waited for.</param>
    /// <param name="timeout">For how long.</param>
    /// <param name="deadlines">By which clock.</param>
    /// <param name="late">Is told of an answer that comes after that, if it is no error. It doesn't throw.</param>
    internal static ValueTask<T> OfAsync(ValueTask<T> answer, TimeSpan timeout, DeadlineQueue deadlines, Action<T>? late = null)
    {
        if (answer.IsCompleted) return answer;
        var timed = new TimedAnswer<T>(answer, timeout, deadlines, late);
        timed._answer.UnsafeOnCompleted(timed.OnAnswer);
        timed.Start();
        return new ValueTask<T>(timed, timed._outcome.Version);
    }

    private void Start()
    {
        try
        {
            _deadlines.Schedule(this, _timeout);
        }
        catch
        {
            // A clock that makes no timer. The answer, if it has not come, is one that nobody waits for.
            _deadlines.Cancel(this);
            if (TryDecide()) throw;
        }
        // The answer may have come before there was anything to clear.
        if (Volatile.Read(ref _isDecided) == 1) _deadlines.Cancel(this);
    }

    private void OnAnswer()
    {
        var isInTime = TryDecide();
        if (isInTime) _deadlines.Cancel(this);
        T answer;
        try
        {
            answer = _answer.GetResult();
        }
        catch (Exception error)
        {
            // Who has given up was told so.
            if (isInTime) _outcome.SetException(error);
            return;
        }
        if (isInTime) _outcome.SetResult(answer);
        else _late?.Invoke(answer);
    }

    internal override void OnDue(long now)
    {
        // What goes on after it may be anybody's, and this thread has other deadlines to see to.
        if (TryDecide()) ThreadPool.UnsafeQueueUserWorkItem(static timed => timed._outcome.SetException(timed.NoAnswer()), this, preferLocal: false);
    }

    private TimeoutException NoAnswer() => new($"There was no answer within {_timeout}.");

    private bool TryDecide() => Interlocked.Exchange(ref _isDecided, 1) == 0;

    T IValueTaskSource<T>.GetResult(short token) => _outcome.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);
}
