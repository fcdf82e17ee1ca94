namespace GoGoScope;

/// <summary>
/// As many jobs as one swap can do: each is applied to what the one before has made of the record.
/// </summary>
internal sealed class SwapPlan
{
    private readonly List<(KeyJob Job, Transition Transition)> _steps = [];
    private StoredRecord _replaced;

    /// <summary>What becomes of the record.</summary>
    internal required LockRecord Record { get; init; }

    internal bool Changes { get; private init; }

    /// <summary>How many of the jobs it does.</summary>
    internal int Count => _steps.Count;

    internal int Draw { get; private init; }

    /// <summary>Whether somebody would be refused who is ready to wait.</summary>
    internal bool NeedsToWait => _steps.Exists(static step => step is { Job: EnterJob { Attempt.MayWait: true }, Transition.Outcome: RecordOutcome.Refused });

    /// <summary>A plan for the first of <paramref name="jobs"/>, of which there is one at least.</summary>
    internal static SwapPlan Make(in StoredRecord stored, LockRecord record, ReadOnlySpan<KeyJob> jobs, in Circumstances circumstances)
    {
        var steps = new List<(KeyJob, Transition)>();
        var (changes, draw) = (false, 0);
        foreach (var job in jobs)
        {
            // What a swap makes of a free record, or frees, is known only when the store has said its fence.
            if (changes && (stored.IsFree || record.IsFree)) break;
            var transition = record.Apply(job.Command, in circumstances);
            if (Math.Abs(draw + transition.Draw) > RecordLimits.MaxDraw) break;
            steps.Add((job, transition));
            record = transition.Record;
            changes |= transition.Changed;
            draw += transition.Draw;
        }
        var plan = new SwapPlan { Record = record, Changes = changes, Draw = draw, _replaced = stored };
        plan._steps.AddRange(steps);
        return plan;
    }

    /// <summary>The swap that carries it out.</summary>
    internal LockSwap ToSwap(string key, long version, long notAfter)
    {
        var wake = _steps.SelectMany(static step => step.Transition.Wake ?? []).Distinct().ToList();
        var last = _steps[^1].Transition;
        return last.ToSwap(key, in _replaced, version, notAfter) with
        {
            Draw = Draw,
            NotBefore = _steps.Max(static step => step.Transition.NotBefore),
            Wake = wake.Count == 0 ? null : wake,
        };
    }

    /// <summary>Tells the jobs what came of them, once it stands in the store or if it changes nothing.</summary>
    internal void Tell()
    {
        foreach (var (job, transition) in _steps) job.Done(in transition);
    }
}
