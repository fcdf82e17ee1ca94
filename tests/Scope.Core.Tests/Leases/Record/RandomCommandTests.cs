using GoGoScope.Tests.Leases.Record.Model;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Leases.Record;

/// <summary>Random commands of a few processes, by clocks that may be wrong, compared with the model after every one.</summary>
public sealed class RandomCommandTests
{
    private static readonly string[] Processes = ["a", "b", "c", "d", "e"];

    [Test]
    public void A_record_follows_the_model() => Follows(new() { MaxPassedOver = 3, MaxWaiters = 6 }, runs: 750);

    [Test]
    public void A_record_follows_the_model_when_tokens_are_scarce() => Follows(new() { MaxPassedOver = 2, MaxTokens = 3 }, runs: 300);

    [Test]
    public void A_record_with_the_usual_limits_follows_the_model() => Follows(RecordLimits.Default, runs: 300);

    [Test]
    public void A_record_of_permits_follows_the_model() => Follows(new() { MaxPassedOver = 3, MaxWaiters = 6 }, runs: 600, SomePermits);

    [Test]
    public void A_record_of_permits_follows_the_model_when_tokens_are_scarce() => Follows(new() { MaxPassedOver = 2, MaxTokens = 3 }, runs: 300, SomePermits);

    [Test]
    public void A_record_of_what_is_asked_for_as_this_and_that_follows_the_model() =>
        Follows(new() { MaxPassedOver = 3, MaxWaiters = 4 }, runs: 500, static (choices, contender) => choices.Next(4) switch
        {
            0 => contender,
            1 => contender with { Mode = LockMode.Permits, Permits = 2, Weight = 1 + choices.Next(2) },
            _ => SomePermits(choices, contender),
        });

    private static Contender SomePermits(Choices choices, Contender contender) =>
        contender with { Mode = LockMode.Permits, Permits = 4, Weight = choices.Of(1, 1, 1, 2, 3, 4) };

    private static void Follows(RecordLimits limits, int runs, Func<Choices, Contender, Contender>? kind = null)
    {
        var (commands, refused) = (0, 0);
        RandomRuns.Check(runs, longest: 150, numbers =>
        {
            var cell = new RecordCell { Limits = limits };
            var model = new RecordModel(limits);
            var ids = new List<Contender>();
            foreach (var number in numbers)
            {
                var choices = new Choices(number);
                cell.Clock += choices.Of(0, 0, 1, choices.Next(4), choices.Next(20));
                var command = Command(choices, cell, limits, ids, kind ?? (static (_, contender) => contender));
                var dead = choices.OneIn(8) ? new HashSet<string> { choices.Of(Processes) } : [];
                if (Propose(cell, command, cell.Clock + choices.Of(0, 0, -2, 3), dead) is { } made)
                {
                    // The store has taken it: then a clock that is wrong has changed nothing but lengths of leases.
                    Compare(cell, model, command, made.Proposal, made.Outcome, dead, made.Now);
                }
                else
                {
                    refused++;
                    var again = Propose(cell, command, cell.Clock, dead)!.Value;
                    Compare(cell, model, command, again.Proposal, again.Outcome, dead, again.Now);
                }
                commands++;
            }
        });
        TestContext.Out.WriteLine($"{runs} runs, {commands} commands, {refused} swaps refused for a clock that was wrong");
    }

    /// <summary>Null if the store refuses.</summary>
    private static (Transition Proposal, Transition Outcome, long Now)? Propose(RecordCell cell, LockCommand command, long now, HashSet<string> dead)
    {
        var proposal = cell.Try(command, now, [.. dead]);
        var (before, circumstances) = (cell.Record, new Circumstances { Now = now, Dead = dead, Limits = cell.Limits });
        if (cell.Swap(proposal) is not { } outcome) return null;
        try
        {
            RecordAudit.Check(before, command, in circumstances, in proposal, cell.Stored.Fence);
        }
        catch (RuleBrokenException broken)
        {
            throw new AssertionException($"{broken.Message}: {command}\nat {now} makes\n{before}\ninto\n{cell.Record}");
        }
        return (proposal, outcome, now);
    }

    private static void Compare(RecordCell cell, RecordModel model, LockCommand command, Transition proposal, Transition outcome, HashSet<string> dead, long now)
    {
        var expected = model.Do(command, now, cell.Clock, dead);
        var wanted = Describe(
            expected, model.Fence,
            model.Holders.Select(h => $"{h.Id} {h.Mode} {h.Weight} {h.Tokens[0]}..{h.Tokens[^1]} until {h.ExpiresAt}"),
            model.Waiters.Select(w => $"{w.Contender.Id} {w.Contender.Mode} {w.Contender.Priority} passed over {w.PassedOver}"));
        var found = Describe(
            outcome.Outcome, proposal.Changed ? cell.Stored.Fence : model.Fence,
            cell.Record.Holders.ToArray().Select(h => $"{h.Id} {h.Mode} {h.Weight} {h.Token}..{h.LastToken} until {h.ExpiresAt}"),
            cell.Record.Waiters.ToArray().Select(w => $"{w.Id} {w.Mode} {w.Priority} passed over {w.PassedOver}"));
        if (found != wanted) throw new AssertionException($"{command}\nat {now}:\n{found}\ninstead of\n{wanted}");
    }

    private static string Describe(RecordOutcome outcome, long fence, IEnumerable<string> holders, IEnumerable<string> waiters) =>
        $"{outcome}, fence {fence}, holders: {string.Join("; ", holders)}, waiters: {string.Join("; ", waiters)}";

    private static LockCommand Command(Choices choices, RecordCell cell, RecordLimits limits, List<Contender> ids, Func<Choices, Contender, Contender> kind)
    {
        Contender New() => kind(choices, new()
        {
            Id = new ContenderId(choices.Of(Processes), ids.Count),
            Owner = "o",
            Mode = choices.Of(LockMode.Read, LockMode.Exclusive),
            Priority = choices.Next(3),
            TimeToLive = 1 + choices.Next(30),
            Tokens = choices.OneIn(3) ? 1 + choices.Next(limits.MaxTokens) : 1,
        });
        Contender Old() => ids[Math.Max(0, ids.Count - 1 - choices.Next(8))];
        if (ids.Count == 0 || choices.OneIn(3))
        {
            ids.Add(New());
            return new LockCommand.Enter(ids[^1], MayWait: !choices.OneIn(4));
        }
        var contender = Old();
        var index = cell.Record.IndexOfHolder(contender.Id);
        var tokens = index < 0 ? new TokenRange(1, 1) : cell.Record.Holders[index].Tokens;
        var used = tokens.First + choices.Next(tokens.Count);
        switch (choices.Next(7))
        {
            case 0:
                return new LockCommand.Enter(contender, MayWait: true);
            case 1:
                return new LockCommand.Renew(contender.Id, 1 + choices.Next(30));
            case 2:
                return new LockCommand.DrawMore(contender.Id, 1 + choices.Next(limits.MaxTokens), choices.OneIn(4) ? 0 : used);
            case 3:
                return new LockCommand.Raise(contender.Id, choices.Next(4));
            case 4:
                ids.Add(New() with { Id = new ContenderId(contender.Id.Process, ids.Count) });
                return new LockCommand.Leave(contender.Id, used, ids[^1]);
            default:
                return new LockCommand.Leave(contender.Id, choices.OneIn(4) ? 0 : used);
        }
    }
}
