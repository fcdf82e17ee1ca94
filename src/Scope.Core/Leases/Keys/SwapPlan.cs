namespace GoGoScope;

/// <summary>
/// As many steps as one swap can do: each is applied to what the one before has made of the record.
/// </summary>
internal sealed class SwapPlan
{
    private readonly List<(KeyStep Step, Transition Transition)> _steps = new(1);
    private StoredRecord _replaced;
    private long _draw;
    private long _notBefore;
    private List<string>? _wake;

    /// <summary>What becomes of the record.</summary>
    internal LockRecord Record { get; private set; } = LockRecord.Free;

    internal bool Changes { get; private set; }

    /// <summary>Whether somebody would be refused who is ready to wait.</summary>
    internal bool NeedsToWait { get; private set; }

    /// <summary>Whether all of it can wait a little for other keys, to go to the store together.</summary>
    internal bool OnlyRenews { get; private set; }

    /// <summary>What has to be known of the record, if the plan changes nothing, for it to be true: see <see cref="KeyStep.MustBeLaterThan"/>.</summary>
    internal long MustBeLaterThan { get; private set; }

    /// <summary>Plans the first of <paramref name="steps"/> anew; all of them, as a rule.</summary>
    internal void Make(in StoredRecord stored, LockRecord record, List<KeyStep> steps, in Circumstances circumstances)
    {
        Clear();
        (_replaced, Record) = (stored, record);
        foreach (var step in steps)
        {
            // What a swap makes of a free record, or frees, is known only when the store has said its fence.
            if (Changes && (stored.IsFree || Record.IsFree)) break;
            if (step.After is { } before && Record.IndexOfHolder(before) < 0) continue;
            var transition = Record.Apply(step.Command, in circumstances);
            if (_draw + transition.Draw < -RecordLimits.MaxDraw) break;
            Add(step, in transition);
        }
    }

    /// <summary>Plans nothing.</summary>
    internal void Clear()
    {
        _steps.Clear();
        (_replaced, Record) = (default, LockRecord.Free);
        (Changes, NeedsToWait, OnlyRenews, MustBeLaterThan) = (false, false, true, 0);
        (_draw, _notBefore, _wake) = (0, 0, null);
    }

    /// <summary>What there is to do for all those who are not refused.</summary>
    internal List<KeyStep> StepsWithoutWaiting()
    {
        var others = new List<KeyStep>(_steps.Count);
        foreach (var (step, transition) in _steps)
        {
            if (!step.NeedsToWait(transition.Outcome)) others.Add(step);
        }
        return others;
    }

    /// <summary>The swap that carries it out.</summary>
    internal LockSwap ToSwap(string key, long version, long notAfter) => _steps[^1].Transition.ToSwap(key, in _replaced, version, notAfter) with
    {
        Draw = _draw,
        NotBefore = _notBefore,
        Wake = _wake,
    };

    /// <summary>Under the agent's gate: tells the steps what came of them, once it stands in the store or if it changes nothing.</summary>
    internal void Tell(Tidings tidings)
    {
        foreach (var (step, transition) in _steps) step.Done(in transition, tidings);
    }

    private void Add(KeyStep step, in Transition transition)
    {
        _steps.Add((step, transition));
        Record = transition.Record;
        Changes |= transition.Changed;
        NeedsToWait |= step.NeedsToWait(transition.Outcome);
        OnlyRenews &= step is RenewStep;
        MustBeLaterThan = Math.Max(MustBeLaterThan, step.MustBeLaterThan(transition.Outcome));
        _draw += transition.Draw;
        _notBefore = Math.Max(_notBefore, transition.NotBefore);
        foreach (var process in transition.Wake ?? [])
        {
            if (_wake is null) _wake = [process];
            else if (!_wake.Contains(process)) _wake.Add(process);
        }
    }
}
