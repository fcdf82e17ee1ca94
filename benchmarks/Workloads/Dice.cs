namespace GoGoScope.Benchmarks.Workloads;

/// <summary>Cheap random numbers (xorshift32), the same in every run.</summary>
internal struct Dice(int seed)
{
    private uint _state = (uint)(seed + 1) * 2654435769;

    internal int Roll(int sides)
    {
        _state ^= _state << 13;
        _state ^= _state >> 17;
        _state ^= _state << 5;
        return (int)(((ulong)_state * (uint)sides) >> 32);
    }
}
