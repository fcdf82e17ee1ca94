using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace GoGoScope.Tests.Run;

/// <summary>
/// Runs that are made of random numbers. A failure prints its seed and the shortest run that fails; GOGOSCOPE_SEED=seed runs
/// the same ones again.
/// </summary>
internal static class RandomRuns
{
    /// <param name="runs">How many.</param>
    /// <param name="longest">Of how many numbers the longest ones are made.</param>
    /// <param name="run">Takes one run, and throws if it finds something wrong.</param>
    internal static void Check(int runs, int longest, Action<int[]> run)
    {
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("GOGOSCOPE_SEED"), out var given) ? given : (ulong)Random.Shared.NextInt64();
        TestContext.Out.WriteLine($"GOGOSCOPE_SEED={seed}");
        // FsCheck draws odd gammas only.
        var replay = new Replay(new Rnd(seed, 0x9E3779B97F4A7C15), FSharpOption<int>.None);
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(runs).WithStartSize(5).WithEndSize(longest).WithQuietOnSuccess(true)
                .WithReplay(FSharpOption<Replay>.Some(replay)),
            Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary().Array(), run));
    }
}

/// <summary>As many choices as are wanted, all of them decided by one number.</summary>
internal sealed class Choices(int number)
{
    private ulong _state = (ulong)number;

    /// <summary>From zero to one less than <paramref name="bound"/>.</summary>
    internal int Next(int bound)
    {
        // SplitMix64, of Steele, Lea and Flood: "Fast splittable pseudorandom number generators".
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return (int)((mixed ^ mixed >> 31) % (ulong)bound);
    }

    internal bool OneIn(int bound) => Next(bound) == 0;

    internal T Of<T>(params ReadOnlySpan<T> items) => items[Next(items.Length)];
}
