using System.Runtime.CompilerServices;
using GoGoScope.Testing;

namespace GoGoScope.Tests.Timing;

[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DeadlineQueueTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private readonly ManualTimeProvider _time = new();
    private readonly DeadlineQueue _queue;

    public DeadlineQueueTests() => _queue = DeadlineQueue.For(_time);

    [Test]
    public void A_deadline_is_called_once_and_not_a_tick_too_early()
    {
        var deadline = Schedule(5 * Millisecond);

        _time.Advance(5 * Millisecond - TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.Zero);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.That(deadline.Calls, Is.EqualTo(1));
        Assert.That(_queue.Count, Is.Zero);
    }

    [Test]
    public void Fractions_of_a_millisecond_are_rounded_up()
    {
        var deadline = Schedule(1.2 * Millisecond);

        _time.Advance(1.2 * Millisecond - TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.Zero);
        _time.Advance(0.8 * Millisecond + TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.EqualTo(1));
    }

    [Test]
    public void Deadlines_are_called_in_the_order_of_their_times()
    {
        var order = new List<int>();
        foreach (var due in new[] { 5, 1, 4, 2, 3, 9, 7, 8, 6 })
            _queue.Schedule(new RecordedDeadline(_time, _ => order.Add(due)), due * Millisecond);

        _time.Advance(9 * Millisecond);

        Assert.That(order, Is.EqualTo(Enumerable.Range(1, 9)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task What_is_due_at_once_is_called_without_waiting(CancellationToken cancellationToken)
    {
        var behind = Schedule(TimeSpan.FromHours(1));
        await Schedule(TimeSpan.Zero).FiredOnce.WaitAsync(cancellationToken);
        Assert.That(behind.Calls, Is.Zero);
    }

    // ---- cancel ----

    [Test]
    public void Cancel_is_true_once_for_what_is_set_and_keeps_it_from_being_called()
    {
        var deadline = Schedule(5 * Millisecond);

        Assert.That(_queue.Cancel(deadline));
        Assert.That(_queue.Cancel(deadline), Is.False);
        _time.Advance(10 * Millisecond);
        Assert.That(deadline.Calls, Is.Zero);
    }

    [Test]
    public void Cancel_is_false_for_what_was_never_set() =>
        Assert.That(_queue.Cancel(new RecordedDeadline(_time)), Is.False);

    [Test]
    public void Cancel_is_false_during_and_after_the_call()
    {
        bool? during = null;
        var deadline = new RecordedDeadline(_time, self => during = _queue.Cancel(self));
        _queue.Schedule(deadline, Millisecond);

        _time.Advance(Millisecond);

        Assert.That(during, Is.False);
        Assert.That(_queue.Cancel(deadline), Is.False);
    }

    [Test]
    public void Clearing_the_earliest_leaves_the_others_in_time()
    {
        var first = Schedule(Millisecond);
        var second = Schedule(2 * Millisecond);
        _queue.Cancel(first);

        _time.Advance(2 * Millisecond - TimeSpan.FromTicks(1));
        Assert.That(second.Calls, Is.Zero);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That((first.Calls, second.Calls), Is.EqualTo((0, 1)));
    }

    // ---- moving ----

    [Test]
    public void A_deadline_can_be_moved_earlier()
    {
        var deadline = Schedule(TimeSpan.FromHours(1));
        _queue.Schedule(deadline, Millisecond);

        _time.Advance(Millisecond);
        Assert.That(deadline.Calls, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.That(deadline.Calls, Is.EqualTo(1));
    }

    [Test]
    public void A_deadline_can_be_moved_later()
    {
        var deadline = Schedule(Millisecond);
        _queue.Schedule(deadline, 3 * Millisecond);

        _time.Advance(2 * Millisecond);
        Assert.That(deadline.Calls, Is.Zero);
        _time.Advance(Millisecond);
        Assert.That(deadline.Calls, Is.EqualTo(1));
    }

    [Test]
    public void A_deadline_that_was_called_or_cleared_can_be_set_again()
    {
        var deadline = Schedule(Millisecond);
        _time.Advance(Millisecond);
        _queue.Schedule(deadline, Millisecond);
        _queue.Cancel(deadline);
        _queue.Schedule(deadline, Millisecond);
        _time.Advance(Millisecond);
        Assert.That(deadline.Calls, Is.EqualTo(2));
    }

    [Test]
    public void A_later_one_that_is_set_first_doesnt_hold_an_earlier_one_up()
    {
        var late = Schedule(TimeSpan.FromHours(1));
        var early = Schedule(Millisecond);

        _time.Advance(Millisecond);
        Assert.That((early.Calls, late.Calls), Is.EqualTo((1, 0)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(late.Calls, Is.EqualTo(1));
    }

    // ---- calls ----

    [Test]
    public void A_call_may_set_and_clear_deadlines_itself_included()
    {
        var cleared = Schedule(2 * Millisecond);
        var set = new RecordedDeadline(_time);
        var repeated = new RecordedDeadline(_time, self =>
        {
            _queue.Cancel(cleared);
            if (self.Calls == 1) _queue.Schedule(set, Millisecond);
            if (self.Calls < 3) _queue.Schedule(self, Millisecond);
        });
        _queue.Schedule(repeated, Millisecond);

        _time.Advance(5 * Millisecond);

        Assert.That((cleared.Calls, set.Calls, repeated.Calls), Is.EqualTo((0, 1, 3)));
    }

    // ---- cost ----

    [Test]
    public void Ten_thousand_deadlines_are_one_timer()
    {
        var deadlines = Enumerable.Range(1, 10_000).Select(due => Schedule(due * Millisecond)).ToList();
        Assert.That(_time.ActiveTimers, Is.EqualTo(1));
        Assert.That(_queue.Count, Is.EqualTo(10_000));

        _time.Advance(5_000 * Millisecond);
        Assert.That(deadlines.Sum(deadline => deadline.Calls), Is.EqualTo(5_000));
        Assert.That(_time.ActiveTimers, Is.EqualTo(1));

        Assert.That(deadlines.Count(_queue.Cancel), Is.EqualTo(5_000));
        _time.Advance(5_000 * Millisecond);
        Assert.That(_time.ActiveTimers, Is.Zero, "It fires once more, finds nothing and stops.");
    }

    [Test]
    public void Setting_and_clearing_allocates_nothing()
    {
        // A clock of its own: that of the system is in use by others.
        var queue = DeadlineQueue.For(new RealClock());
        var first = new RecordedDeadline(TimeProvider.System);
        var deadline = new RecordedDeadline(TimeProvider.System);
        queue.Schedule(first, TimeSpan.FromMinutes(10));
        SetAndClear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) SetAndClear();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        queue.Cancel(first);
        Assert.That(allocated, Is.Zero);

        void SetAndClear()
        {
            queue.Schedule(deadline, TimeSpan.FromMinutes(20));
            queue.Cancel(deadline);
        }
    }

    [Test]
    public void One_queue_for_each_clock()
    {
        Assert.That(DeadlineQueue.For(_time), Is.SameAs(_queue));
        Assert.That(DeadlineQueue.For(new ManualTimeProvider()), Is.Not.SameAs(_queue));
    }

    [Test]
    public void A_clock_that_nobody_uses_any_more_is_not_kept()
    {
        var clock = UseAClock();
        Assert.That(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return clock.IsAlive;
            },
            Is.False.After(10_000, pollingInterval: 10));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference UseAClock()
        {
            var time = new ManualTimeProvider();
            DeadlineQueue.For(time).Schedule(new RecordedDeadline(time), Millisecond);
            return new WeakReference(time);
        }
    }

    // ---- far away ----

    [Test]
    public void A_deadline_may_be_further_away_than_a_timer_can_count()
    {
        var deadline = Schedule(TimeSpan.FromDays(100));
        _time.Advance(TimeSpan.FromDays(100) - TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.Zero);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.EqualTo(1));
    }

    [Test]
    public void The_longest_time_is_no_overflow()
    {
        var deadline = Schedule(TimeSpan.MaxValue);
        _time.Advance(TimeSpan.FromDays(10_000));
        Assert.That(deadline.Calls, Is.Zero);
        Assert.That(_queue.Cancel(deadline));
    }

    // ---- timestamps ----

    [Test]
    public void A_span_is_counted_in_whole_units()
    {
        for (var milliseconds = 1; milliseconds <= 10_000; milliseconds++)
            Assert.That(_queue.Later(_queue.Now, milliseconds * Millisecond), Is.EqualTo(_time.GetTimestamp() + milliseconds * TimeSpan.TicksPerMillisecond));
        Assert.That(_queue.Later(_queue.Now, TimeSpan.MaxValue), Is.EqualTo(long.MaxValue));
    }

    [Test]
    public void A_deadline_can_be_set_to_a_timestamp()
    {
        var deadline = new RecordedDeadline(_time);
        var dueAt = _queue.Later(_queue.Now, 3 * Millisecond);
        _time.Advance(2 * Millisecond);
        _queue.ScheduleAt(deadline, dueAt);

        _time.Advance(Millisecond - TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.Zero);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(deadline.Calls, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_timestamp_that_has_passed_is_due_at_once(CancellationToken cancellationToken)
    {
        var deadline = new RecordedDeadline(_time);
        _queue.ScheduleAt(deadline, _queue.Now - TimeSpan.TicksPerDay);
        await deadline.FiredOnce.WaitAsync(cancellationToken);
    }

    // ---- against a model ----

    [Test]
    public void It_does_what_a_sorted_list_would([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var called = new List<int>();
        var deadlines = Enumerable.Range(0, 200).Select(id => new RecordedDeadline(_time, _ => called.Add(id))).ToArray();
        var model = new Dictionary<int, long>();

        for (var step = 0; step < 3_000; step++)
        {
            var id = random.Next(deadlines.Length);
            switch (random.Next(10))
            {
                case < 5:
                    var after = random.Next(1, 500) * Millisecond;
                    _queue.Schedule(deadlines[id], after);
                    model[id] = _time.GetTimestamp() + after.Ticks;
                    break;
                case < 8:
                    Assert.That(_queue.Cancel(deadlines[id]), Is.EqualTo(model.Remove(id)), $"seed {seed}, step {step}");
                    break;
                default:
                    called.Clear();
                    _time.Advance(random.Next(20) * Millisecond);
                    var due = model.Where(set => set.Value <= _time.GetTimestamp()).Select(set => set.Key).ToList();
                    Assert.That(called, Is.EquivalentTo(due), $"seed {seed}, step {step}");
                    Assert.That(called.Select(one => model[one]), Is.Ordered, $"seed {seed}, step {step}");
                    Assert.That(called.Select(one => deadlines[one].CalledAt), Is.EqualTo(called.Select(one => model[one])), $"seed {seed}, step {step}");
                    due.ForEach(one => model.Remove(one));
                    break;
            }
            Assert.That(_queue.Count, Is.EqualTo(model.Count), $"seed {seed}, step {step}");
        }
    }

    private RecordedDeadline Schedule(TimeSpan after)
    {
        var deadline = new RecordedDeadline(_time);
        _queue.Schedule(deadline, after);
        return deadline;
    }

    private sealed class RealClock : TimeProvider;
}
