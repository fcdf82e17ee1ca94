namespace GoGoScope;

// How long a lease is kept that nobody here holds.
internal sealed partial class KeyAgent
{
    private readonly LingerEnd? _lingerEnd;

    /// <summary>Whether an idle lease is kept because somebody here may come soon and nobody elsewhere waits.</summary>
    /// <remarks>Who is not told that somebody waits has to ask, as often as when it hands the key on.</remarks>
    private bool Lingers(KeyLease lease, long now) =>
        _lingerEnd is not null && lease.HandsOn && !lease.Kind.EndsByItself && !lease.IsOver && !lease.MayHaveLeft && !_isWaitedForElsewhere && !_provider.IsDisposed
        && _queue.IsEmpty && _tries.Count == 0 && lease.IdleSince is { } since && now < LingersUntil(since);

    private long LingersUntil(long since) =>
        Math.Min(Deadlines.Later(since, Options.Linger), _provider.IsWoken ? long.MaxValue : Deadlines.Later(_answeredAt, Options.LocalTurn));

    /// <summary>Nobody waits for it to leave, and its end is seen to.</summary>
    private void LetLinger(KeyLease lease, Tidings tidings)
    {
        tidings.Left(lease.TakeLeft());
        _lingerEnd!.Set(LingersUntil(lease.IdleSince!.Value), tidings);
    }

    /// <summary>Lets the runner see to idle leases when their time has come. One that is used meanwhile moves it on, late.</summary>
    private sealed class LingerEnd(KeyAgent agent) : Deadline
    {
        private bool _isSet;

        /// <summary>Under the gate. If it is set, that is no later: who becomes idle later may linger longer.</summary>
        internal void Set(long due, Tidings tidings)
        {
            if (_isSet) return;
            _isSet = true;
            tidings.Add(() =>
            {
                agent.Deadlines.ScheduleAt(this, due);
                if (Volatile.Read(ref agent._isRetired)) agent.Deadlines.Cancel(this);
            });
        }

        internal override void OnDue(long now)
        {
            var tidings = Tidings.Begin();
            lock (agent._gate)
            {
                _isSet = false;
                var next = long.MaxValue;
                foreach (var lease in agent._leases)
                {
                    if (lease.IsIdle && agent.Lingers(lease, now)) next = Math.Min(next, agent.LingersUntil(lease.IdleSince!.Value));
                }
                if (next < long.MaxValue) Set(next, tidings);
            }
            tidings.Tell();
            agent.RunElsewhere();
        }
    }
}
