namespace GoGoScope;

// When the agent looks for itself: news can be lost, and nobody tells of a lease that has ended.
internal sealed partial class KeyAgent
{
    // A key that others have is likely to be asked for again: with what is known of it, that takes one swap less.
    private static readonly TimeSpan RememberedFor = TimeSpan.FromSeconds(1);

    private readonly KeyLook _look;
    private long _usedAt;

    private bool IsRemembered(long now) => !_record.IsFree && !_provider.IsDisposed && now < Deadlines.Later(_usedAt, RememberedFor);

    private sealed class KeyLook(KeyAgent agent) : Deadline
    {
        private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(1);

        private TimeSpan _pause;
        private long _lookAt = long.MaxValue;
        private long _heardBefore;
        private long _version;
        private long _times;

        internal override void OnDue(long now)
        {
            if (agent.MustLook()) agent.RunElsewhere();
        }

        /// <summary>Sets when to look next, once there is nothing to do; never, if nobody waits and nothing is in doubt.</summary>
        internal void Schedule()
        {
            // One who has looked at how things stood before somebody else did must not have the last word.
            while (!TrySchedule())
            {
            }
        }

        private bool TrySchedule()
        {
            var queue = agent.Deadlines;
            var dueAt = long.MaxValue;
            long time;
            lock (agent._gate)
            {
                if (agent._isRunning || agent._isRetired) return true;
                time = ++_times;
                if (agent._contender is null)
                {
                    _lookAt = long.MaxValue;
                }
                else
                {
                    // Those who come and go here are no reason to put it off.
                    if (agent._heard != _heardBefore || _lookAt == long.MaxValue)
                    {
                        _heardBefore = agent._heard;
                        Pace(agent._known?.Version ?? 0);
                        _lookAt = queue.Later(queue.Now, _pause);
                    }
                    dueAt = _lookAt;
                    if (agent._record.NextExpiry is > 0 and var next) dueAt = Math.Min(dueAt, agent.Clock.HasCome(next));
                }
                if (agent.IsInDoubt) dueAt = Math.Min(dueAt, agent.Clock.HasCome(agent._doubtUntil));
                if (!agent.IsConcerned) dueAt = queue.Later(agent._usedAt, RememberedFor);
            }
            if (dueAt == long.MaxValue) queue.Cancel(this);
            // Not in a hurry that helps nobody: the store's clock may be a little behind what is believed of it.
            else queue.ScheduleAt(this, Math.Max(dueAt, queue.Later(queue.Now, Soonest)));
            lock (agent._gate) return time == _times;
        }

        private void Pace(long version)
        {
            var options = agent.Options;
            if (agent._provider.IsWoken)
            {
                _pause = Jitter(options.SafetyPoll);
                return;
            }
            var isNews = version != _version || _pause == TimeSpan.Zero;
            _version = version;
            var doubled = isNews ? options.ShortestPoll : _pause * 2;
            _pause = Jitter(doubled > options.LongestPoll ? options.LongestPoll : doubled);
        }

        // A quarter more or less, so that processes that wait for the same key do not look at the same moments.
        private static TimeSpan Jitter(TimeSpan time) => time * (0.75 + Random.Shared.NextDouble() / 2);
    }
}
