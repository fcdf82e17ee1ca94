namespace GoGoScope;

// When those who wait look for themselves: news can be lost, and nobody tells of a lease that has ended.
internal sealed partial class KeyAgent
{
    private readonly KeyLook _look;

    private sealed class KeyLook(KeyAgent agent) : Deadline
    {
        private TimeSpan _pause;
        private long _version;

        internal override void OnDue() => agent.Look();

        /// <summary>Sets when to look next, once there is nothing to do; never, if nobody waits.</summary>
        internal void Schedule()
        {
            long? expiry = null;
            bool isWaitedFor;
            lock (agent._gate)
            {
                if (agent._isRunning) return;
                isWaitedFor = agent._attempts.Values.Any(static attempt => attempt.MayWait);
                if (isWaitedFor)
                {
                    if (agent._record.NextExpiry is > 0 and var next) expiry = agent.Clock.HasCome(next);
                    Pace(agent._known?.Version ?? 0);
                }
            }
            var queue = agent.Deadlines;
            if (!isWaitedFor)
            {
                queue.Cancel(this);
                return;
            }
            var dueAt = queue.Later(queue.Now, _pause);
            // Not in a hurry that helps nobody: the store's clock may be a little behind what is believed of it.
            var soonest = queue.Later(queue.Now, TimeSpan.FromMilliseconds(1));
            if (expiry is { } end) dueAt = Math.Min(dueAt, Math.Max(end, soonest));
            queue.ScheduleAt(this, dueAt);
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
