namespace GoGoScope;

// What the record says about this process, whoever has written it.
internal sealed partial class KeyAgent
{
    /// <summary>Hands the key to those of this process who are holders now, once the gate is open.</summary>
    private List<(Attempt Attempt, LeasedHold Hold)>? NoticeHoldingGate(in StoredRecord stored, LockRecord record)
    {
        _known = stored;
        _record = record;
        List<(Attempt, LeasedHold)>? granted = null;
        foreach (ref readonly var holder in _record.Holders)
        {
            if (!_attempts.TryGetValue(holder.Id, out var attempt)) continue;
            var relyUntil = Clock.RelyUntil(holder.ExpiresAt);
            // Heard of too late: when that lease has ended, a look gets the attempt another.
            if (relyUntil <= Clock.Timestamp || !attempt.TryDecideHoldingGate()) continue;
            _attempts.Remove(holder.Id);
            var hold = new LeasedHold(this, attempt, holder.Token, relyUntil);
            _holds.Add(holder.Id, hold);
            (granted ??= []).Add((attempt, hold));
        }
        return granted;
    }

    private static void Begin(List<(Attempt Attempt, LeasedHold Hold)>? granted)
    {
        foreach (var (attempt, hold) in granted ?? [])
        {
            hold.Start();
            attempt.Complete(hold);
        }
    }

    /// <summary>
    /// After an answer of the store, not after news, which may be old: holds that somebody has evicted are lost, whatever the
    /// clock here says.
    /// </summary>
    private void LoseWhatIsGone()
    {
        List<LeasedHold>? gone = null;
        lock (_gate)
        {
            foreach (var (id, hold) in _holds)
            {
                if (_record.IndexOfHolder(id) < 0) (gone ??= []).Add(hold);
            }
        }
        foreach (var hold in gone ?? []) hold.Lose("the store no longer has it");
    }
}
