namespace GoGoScope;

/// <summary>
/// As many steps as one swap can do: each is applied to what the one before has made of the record.
/// </summary>
internal sealed class SwapPlan
{
    private readonly List<(KeyStep Step, Transition Transition)> _steps;
    private readonly StoredRecord _replaced;
    private readonly int _draw;

    private SwapPlan(List<(KeyStep, Transition)> steps, LockRecord record, in StoredRecord replaced, bool changes, int draw)
    {
        _steps = steps;
        Record = record;
        _replaced = replaced;
        Changes = changes;
        _draw = draw;
    }

    /// <summary>What becomes of the record.</summary>
    internal LockRecord Record { get; }

    internal bool Changes { get; }

    /// <summary>Whether somebody would be refused who is ready to wait.</summary>
    internal bool NeedsToWait => _steps.Exists(static step => step.Step.NeedsToWait(step.Transition.Outcome));

    /// <summary>What there is to do for all the others.</summary>
    internal List<KeyStep> StepsWithoutWaiting() =>
        [.. _steps.Where(static step => !step.Step.NeedsToWait(step.Transition.Outcome)).Select(static step => step.Step)];

    /// <summary>Whether all of it can wait a little for other keys, to go to the store together.</summary>
    internal bool OnlyRenews => _steps.TrueForAll(static step => step.Step is RenewStep);

    /// <summary>What has to be known of the record, if the plan changes nothing, for it to be true: see <see cref="KeyStep.MustBeLaterThan"/>.</summary>
    internal long MustBeLaterThan => _steps.Max(static step => step.Step.MustBeLaterThan(step.Transition.Outcome));

    /// <summary>A plan for the first of <paramref name="steps"/>, of which there is one at least.</summary>
    internal static SwapPlan Make(in StoredRecord stored, LockRecord record, List<KeyStep> steps, in Circumstances circumstances)
    {
        var planned = new List<(KeyStep, Transition)>(steps.Count);
        var (changes, draw) = (false, 0);
        foreach (var step in steps)
        {
            // What a swap makes of a free record, or frees, is known only when the store has said its fence.
            if (changes && (stored.IsFree || record.IsFree)) break;
            var transition = record.Apply(step.Command, in circumstances);
            if (Math.Abs(draw + transition.Draw) > RecordLimits.MaxDraw) break;
            planned.Add((step, transition));
            record = transition.Record;
            changes |= transition.Changed;
            draw += transition.Draw;
        }
        return new SwapPlan(planned, record, in stored, changes, draw);
    }

    /// <summary>The swap that carries it out.</summary>
    internal LockSwap ToSwap(string key, long version, long notAfter)
    {
        var wake = _steps.SelectMany(static step => step.Transition.Wake ?? []).Distinct().ToList();
        var last = _steps[^1].Transition;
        return last.ToSwap(key, in _replaced, version, notAfter) with
        {
            Draw = _draw,
            NotBefore = _steps.Max(static step => step.Transition.NotBefore),
            Wake = wake.Count == 0 ? null : wake,
        };
    }

    /// <summary>Under the agent's gate: tells the steps what came of them, once it stands in the store or if it changes nothing.</summary>
    internal void Tell(Tidings tidings)
    {
        foreach (var (step, transition) in _steps) step.Done(in transition, tidings);
    }
}
