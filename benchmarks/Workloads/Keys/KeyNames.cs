namespace GoGoScope.Benchmarks.Workloads.Keys;

internal static class KeyNames
{
    internal static string[] Make(int count)
    {
        var keys = new string[count];
        for (var i = 0; i < count; i++) keys[i] = $"resource:{i}";
        return keys;
    }

    /// <summary>Numbers below <paramref name="count"/> at random, each any number of times.</summary>
    internal static int[] Draw(int count, int draws)
    {
        var dice = new Dice(seed: 1);
        var drawn = new int[draws];
        for (var i = 0; i < draws; i++) drawn[i] = dice.Roll(count);
        return drawn;
    }
}
