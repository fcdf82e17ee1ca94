namespace GoGoScope;

// Which tokens are drawn and given back. The fence only falls by tokens that their own holder says it has never used.
internal ref partial struct RecordChange
{
    /// <summary>Each grant needs a token of this swap.</summary>
    private readonly bool MayGrantMore => _drawn + _granted.Count - _held < MaxTokens;

    /// <summary>Makes holders of those who are granted, in their order, each with a token and with what it wants ahead, as far as there is any.</summary>
    private void HoldGranted()
    {
        var granted = _granted.Items[_held..];
        if (granted.Length == 0) return;
        _held = _granted.Count;
        StartFromTheClock();
        var ahead = (int)Math.Clamp(MaxTokens - Ahead(without: -1), 0, MaxTokens - _drawn - granted.Length);
        foreach (ref readonly var waiter in granted)
        {
            var contender = waiter.Contender;
            var more = Math.Clamp(contender.Tokens - 1, 0, ahead);
            ahead -= more;
            var first = Draw(1 + more);
            _holders.Add(new RecordHolder(contender.Id, contender.Owner, contender.Mode, first, _fence, ExpiryOf(contender.TimeToLive), contender.Weight, _circumstances.Now));
        }
    }

    /// <summary>
    /// Lets the tokens of those who come go on from the clock, as those of a free record do, if nobody has one of before. A store that has lost
    /// the last grants, in a fail-over, hands the record on from whom it still knows: its tokens are later than theirs all the same.
    /// </summary>
    private void StartFromTheClock()
    {
        // Of a free one the store's own clock decides.
        if (_holders.Count == 0 && _record.Fence > 0) _fence = Math.Max(_fence, _circumstances.Now);
    }

    /// <summary>Draws for a holder until it has <paramref name="count"/> that it has not used.</summary>
    private void DrawAhead(int index, int count, long lastUsed)
    {
        var holder = _holders.Items[index];
        lastUsed = Math.Min(lastUsed, holder.LastToken);
        var has = Unused(in holder, lastUsed).Count;
        // If somebody has drawn in between, what is left of the old ones is given up, so that a hold has one range.
        var isLast = holder.LastToken == _fence;
        var wanted = (int)Math.Min(count, MaxTokens - Ahead(without: index));
        var drawn = Math.Min(isLast ? wanted - has : wanted, MaxTokens - _drawn);
        if (wanted <= has || drawn <= (isLast ? 0 : has)) return;

        var first = Draw(drawn);
        _holders.Edit(index) = holder with { Token = isLast ? Math.Max(holder.Token, lastUsed) : first, LastToken = _fence };
    }

    /// <summary>Takes back what <paramref name="left"/> has never used, if nobody has drawn since.</summary>
    private void GiveBack(in RecordHolder left, long lastUsed)
    {
        if (left.LastToken != _fence) return;
        // Its first token counts as used: it was shown to others.
        var used = Math.Clamp(lastUsed, left.Token, left.LastToken);
        _fence = used;
    }

    private static TokenRange Unused(in RecordHolder holder, long lastUsed) =>
        new(Math.Max(holder.Token, Math.Min(lastUsed, holder.LastToken) + 1), holder.LastToken);

    /// <summary>How many tokens are drawn ahead, by all holders but one.</summary>
    private readonly long Ahead(int without)
    {
        long ahead = 0;
        for (var i = 0; i < _holders.Count; i++)
        {
            if (i != without) ahead += _holders.Items[i].LastToken - _holders.Items[i].Token;
        }
        return ahead;
    }

    private long Draw(int count)
    {
        var first = _fence + 1;
        _fence += count;
        _drawn += count;
        return first;
    }

    private readonly int MaxTokens => _circumstances.Limits.MaxTokens;
}
