using System.Collections.Concurrent;

namespace GoGoScope.Testing;

/// <summary>Many at once: each version has one successor, and nobody is told of what was never there.</summary>
public abstract class StoreRaceContract<THarness> : LockStoreContract<THarness> where THarness : LockStoreHarness, new()
{
    [Test]
    public async Task Of_many_who_take_a_new_name_one_succeeds_and_the_others_see_it()
    {
        for (var round = 0; round < 30; round++)
        {
            var key = Harness.NewKey();
            var swaps = Enumerable.Range(0, 10).Select(i => Swapping(expected: 0, $"contender {i}", draw: 1, key)).ToList();
            var answers = await AtOnce(swaps);
            var winners = swaps.Where((swap, i) => answers[i].Version == swap.Version).ToList();
            Assert.That(winners, Has.Count.EqualTo(1), $"round {round}");
            Assert.That(answers.Select(State).Distinct().ToList(), Has.Count.EqualTo(1), "all see the winner's record");
            Assert.That(answers[0].Body, Is.EqualTo(winners[0].Body));
        }
    }

    [Test]
    public async Task Of_many_who_expect_the_same_version_one_succeeds_and_the_others_see_it()
    {
        var current = await Take();
        for (var round = 0; round < 30; round++)
        {
            var expected = current.Version;
            var swaps = Enumerable.Range(0, 10).Select(i => Swapping(expected, $"contender {i}", draw: 1)).ToList();
            var answers = await AtOnce(swaps);
            Assert.That(swaps.Where((swap, i) => answers[i].Version == swap.Version).ToList(), Has.Count.EqualTo(1), $"round {round}");
            Assert.That(answers.Select(State).Distinct().ToList(), Has.Count.EqualTo(1), "all see the winner's record");
            current = answers[0];
        }
    }

    /// <summary>Everybody goes on from what they were told: a lost race that is answered with an old state could be won by it.</summary>
    [Test]
    public async Task Every_version_has_one_successor_in_a_long_race()
    {
        const int Contenders = 8;
        const int Wins = 25;
        var successors = new ConcurrentDictionary<long, long>();
        var written = new ConcurrentDictionary<long, string>();
        var lost = new ConcurrentQueue<(long Expected, StoredRecord Seen)>();
        await Task.WhenAll(Enumerable.Range(0, Contenders).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? Store : Harness.AnotherProcess;
            var seen = await store.ReadAsync(Key, default);
            for (var wins = 0; wins < Wins;)
            {
                // Every fifth frees it, so that it is taken, changed and freed all the time.
                var swap = Swapping(seen.IsFree ? 0 : seen.Version, seen.IsFree || wins % 5 != 0 ? $"contender {i}" : "", draw: 1);
                written[swap.Version] = swap.Body;
                var answer = await store.SwapAsync(swap, default);
                if (answer.Version == swap.Version)
                {
                    wins++;
                    if (swap.Expected != 0 && !successors.TryAdd(swap.Expected, swap.Version)) throw new InvalidOperationException("A version was replaced twice.");
                }
                else
                {
                    lost.Enqueue((swap.Expected, answer));
                }
                seen = answer;
            }
        }))).Soon();
        Assert.Multiple(() =>
        {
            foreach (var (expected, seen) in lost)
            {
                if (expected != 0 && seen.Version == expected) Assert.Fail("Refused, although it was as expected.");
                if (seen.Version != 0 && written.GetValueOrDefault(seen.Version) != seen.Body) Assert.Fail($"Nobody wrote {seen}.");
            }
        });
        TestContext.Out.WriteLine($"{Contenders * Wins} swaps won, {lost.Count} lost");
    }

    [Test]
    public async Task Tokens_rise_while_many_take_and_free()
    {
        var tokens = new ConcurrentQueue<long>();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var store = i % 2 == 0 ? Store : Harness.AnotherProcess;
            for (var wins = 0; wins < 20;)
            {
                var taking = Swapping(expected: 0, $"contender {i}", draw: 1);
                var answer = await store.SwapAsync(taking, default);
                if (answer.Version != taking.Version) continue;
                wins++;
                // Nobody else can be here now.
                tokens.Enqueue(answer.Fence);
                await store.SwapAsync(Swapping(taking.Version, ""), default);
            }
        }))).Soon();
        Assert.That(tokens, Is.Ordered);
        Assert.That(tokens, Is.Unique);
    }

    private async Task<StoredRecord[]> AtOnce(List<LockSwap> swaps)
    {
        using var start = new Barrier(swaps.Count);
        return await Task.WhenAll(swaps.Select((swap, i) => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return (i % 2 == 0 ? Store : Harness.AnotherProcess).SwapAsync(swap, default).AsTask();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap())).Soon();
    }
}
