using System.Threading.Tasks.Sources;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Timing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TimedAnswerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource<int> _source = new();
    private readonly List<int> _late = [];
    private readonly DeadlineQueue _deadlines;

    public TimedAnswerTests() => _deadlines = DeadlineQueue.For(_time);

    [Test]
    public async Task An_answer_in_time_is_the_result_and_leaves_no_deadline()
    {
        var timed = Ask();
        _time.Advance(Second - Tick);
        Assert.That(timed.IsCompleted, Is.False);
        _source.SetResult(7);
        Assert.That(await timed.Soon(), Is.EqualTo(7));
        Assert.That(_deadlines.Count, Is.Zero);
        Assert.That(_late, Is.Empty);
    }

    [Test]
    public async Task What_is_answered_after_all_although_no_time_could_be_set_is_late()
    {
        var deadlines = DeadlineQueue.For(new TimerlessClock());
        Assert.Catch<NotSupportedException>(() => TimedAnswer<int>.OfAsync(new ValueTask<int>(_source.Task), Second, deadlines, _late.Add).AsTask().GetAwaiter().GetResult());
        _source.SetResult(7);
        await Waiting.Until(() => _late is [7], "it has come");
    }

    [Test]
    public async Task An_answer_that_is_there_costs_no_deadline()
    {
        _source.SetResult(7);
        var timed = TimedAnswer<int>.OfAsync(new ValueTask<int>(_source.Task), Second, _deadlines, _late.Add);
        Assert.That(_deadlines.Count, Is.Zero);
        Assert.That(await timed, Is.EqualTo(7));
    }

    [Test]
    public async Task An_error_in_time_is_thrown()
    {
        var timed = Ask();
        _source.SetException(new IOException("broken"));
        await Assert.ThatAsync(() => timed, Throws.TypeOf<IOException>());
        Assert.That(_deadlines.Count, Is.Zero);
    }

    [Test]
    public async Task An_answer_that_comes_too_late_is_told_and_no_result()
    {
        var timed = Ask();
        _time.Advance(Second);
        await Assert.ThatAsync(() => timed, Throws.TypeOf<TimeoutException>());
        _source.SetResult(7);
        await Waiting.Until(() => _late is [7], "it is told of it");
    }

    [Test]
    public async Task An_error_that_comes_too_late_is_taken_though_nobody_is_told()
    {
        var source = new ErrorSource();
        var timed = TimedAnswer<int>.OfAsync(new ValueTask<int>(source, 0), Second, _deadlines).AsTask();
        _time.Advance(Second);
        await Assert.ThatAsync(() => timed, Throws.TypeOf<TimeoutException>());
        source.Fail();
        Assert.That(source.IsTaken, "it stays unobserved");
    }

    [Test]
    public async Task Of_an_error_and_its_time_out_at_the_same_moment_one_is_thrown_and_the_error_is_taken([Range(1, 20)] int _)
    {
        var source = new ErrorSource();
        var timed = TimedAnswer<int>.OfAsync(new ValueTask<int>(source, 0), Second, _deadlines).AsTask();
        var failed = Task.Run(source.Fail);
        _time.Advance(Second);
        await failed.Soon();
        await Assert.ThatAsync(() => timed.Soon(), Throws.TypeOf<TimeoutException>().Or.TypeOf<IOException>());
        await Waiting.Until(() => source.IsTaken, "it is observed");
        Assert.That(_deadlines.Count, Is.Zero);
    }

    private Task<int> Ask() => TimedAnswer<int>.OfAsync(new ValueTask<int>(_source.Task), Second, _deadlines, _late.Add).AsTask();

    /// <summary>Ends with an error, and knows whether anybody has seen that.</summary>
    private sealed class ErrorSource : IValueTaskSource<int>
    {
        private readonly TaskCompletionSource _failed = new();
        private bool _isTaken;

        internal bool IsTaken => Volatile.Read(ref _isTaken);

        internal void Fail() => _failed.SetResult();

        public int GetResult(short token)
        {
            Volatile.Write(ref _isTaken, true);
            throw new IOException("broken");
        }

        public ValueTaskSourceStatus GetStatus(short token) => _failed.Task.IsCompleted ? ValueTaskSourceStatus.Faulted : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _failed.Task.GetAwaiter().UnsafeOnCompleted(() => continuation(state));
    }

    /// <summary>Its timers can't be set.</summary>
    private sealed class TimerlessClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("no timers today");

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
