using GoGoScope.Testing;

namespace GoGoScope.Tests.Timing;

/// <summary>The queue on the system's clock and timer, with threads that race.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class DeadlineQueueSystemClockTests
{
    private static readonly TimeProvider Clock = TimeProvider.System;
    private static readonly DeadlineQueue Queue = DeadlineQueue.For(Clock);

    /// <summary>A timer that is set for less fires, finds nothing due and is set again, for as long as something is to come.</summary>
    [Test]
    public void Its_timer_rests_until_something_is_due_as_that_of_any_clock() =>
        Assert.That((Queue.LongestTimer, DeadlineQueue.For(new ManualTimeProvider()).LongestTimer), Is.EqualTo((TimeSpan.FromDays(30), TimeSpan.FromDays(30))));

    [Test]
    public async Task No_deadline_is_called_early(CancellationToken cancellationToken)
    {
        var deadlines = new List<(RecordedDeadline Deadline, long NotBefore)>();
        for (var i = 0; i < 200; i++)
        {
            var deadline = new RecordedDeadline(Clock);
            var after = TimeSpan.FromMilliseconds(i * 0.37);
            var notBefore = Clock.GetTimestamp() + (long)(after.TotalSeconds * Clock.TimestampFrequency);
            Queue.Schedule(deadline, after);
            deadlines.Add((deadline, notBefore));
        }

        await Task.WhenAll(deadlines.Select(one => one.Deadline.FiredOnce)).WaitAsync(cancellationToken);

        Assert.That(deadlines.Where(one => one.Deadline.CalledAt < one.NotBefore), Is.Empty);
        Assert.That(deadlines.Select(one => one.Deadline.Calls), Is.All.EqualTo(1));
    }

    [Test]
    public void Cancel_and_the_call_never_both_win()
    {
        const int Rounds = 200;
        var cancelled = 0;
        var called = 0;
        // Threads of their own: the calls need those of the pool.
        var threads = Enumerable.Range(1, 4).Select(seed => new Thread(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < Rounds; i++)
            {
                var deadline = new RecordedDeadline(Clock, _ => Interlocked.Increment(ref called));
                Queue.Schedule(deadline, TimeSpan.FromMicroseconds(random.Next(2_000)));
                for (var spins = random.Next(5_000); spins > 0; spins--) Thread.SpinWait(20);
                if (Queue.Cancel(deadline)) Interlocked.Increment(ref cancelled);
                else if (!deadline.FiredOnce.Wait(TimeSpan.FromSeconds(30))) return;
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(cancelled + called, Is.EqualTo(threads.Count * Rounds));
        Assert.That(cancelled, Is.Positive);
        Assert.That(called, Is.Positive);
    }

    /// <summary>Each thread moves the earliest deadline about, so that arming the timer is itself a race.</summary>
    [Test]
    public async Task No_deadline_is_forgotten_while_threads_arm_the_timer_together(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(1, 4).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 100; i++)
            {
                var deadlines = Enumerable.Range(0, 20).Select(_ => new RecordedDeadline(Clock)).ToList();
                foreach (var deadline in deadlines)
                {
                    Queue.Schedule(deadline, TimeSpan.FromHours(1));
                    Queue.Schedule(deadline, TimeSpan.FromMicroseconds(random.Next(3_000)));
                }
                foreach (var deadline in deadlines) await deadline.FiredOnce.WaitAsync(cancellationToken);
            }
        }, cancellationToken)));
    }
}
