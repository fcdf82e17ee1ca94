namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Numbers from a seed, by SplitMix64 of Steele, Lea and Flood: "Fast splittable pseudorandom number generators".</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    internal ulong Next()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
        return mixed ^ mixed >> 31;
    }

    internal int Next(int bound) => (int)(Next() % (ulong)bound);

    internal double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    internal bool OneIn(int bound) => Next(bound) == 0;

    internal T Of<T>(params ReadOnlySpan<T> items) => items[Next(items.Length)];
}
