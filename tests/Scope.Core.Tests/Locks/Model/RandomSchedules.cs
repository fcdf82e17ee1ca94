using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace GoGoScope.Tests.Locks.Model;

/// <summary>
/// Random schedules of a few clients, compared with the model after every step. A failure prints its seed and the
/// shortest schedule that fails; GOGOSCOPE_SEED=seed runs the same schedules again.
/// </summary>
internal static class RandomSchedules
{
    internal const int UsualLength = 120;

    /// <summary>Runs schedules whose steps <paramref name="pick"/> makes of numbers; answers how often somebody was passed over at most.</summary>
    internal static int Follow(Func<Lockstep> start, int schedules, Func<Lockstep, int, Step?> pick, int longest = UsualLength)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_SEED"), out var given) ? given : (ulong)Random.Shared.NextInt64();
        TestContext.Out.WriteLine($"GOGOSCOPE_SEED={seed}");
        var (most, steps) = (0, 0L);
        var choices = Gen.Choose(0, int.MaxValue - 1).ToArbitrary().Array();
        var property = Prop.ForAll(choices, (int[] chosen) =>
        {
            var system = start();
            foreach (var choice in chosen)
            {
                if (pick(system, choice) is not { } step) continue;
                system.Take(step);
                steps++;
            }
            system.Finish();
            most = Math.Max(most, system.MostPassedOver);
        });
        // FsCheck draws odd gammas only.
        var replay = new Replay(new Rnd(seed, 0x9E3779B97F4A7C15), FSharpOption<int>.None);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(schedules).WithStartSize(5).WithEndSize(longest).WithQuietOnSuccess(true)
                .WithReplay(FSharpOption<Replay>.Some(replay)),
            property);
        TestContext.Out.WriteLine($"{schedules} schedules, {steps} steps, passed over at most {most} times");
        return most;
    }

    /// <summary>A number below <paramref name="bound"/>.</summary>
    internal static int Draw(ref int choice, int bound)
    {
        // Mixed again for every draw, so that one number decides a whole step.
        var mixed = unchecked((uint)choice * 2654435761u + 0x9E3779B9u);
        mixed ^= mixed >> 15;
        choice = unchecked((int)(mixed * 2246822519u >> 1));
        return (int)(mixed % (uint)bound);
    }
}
