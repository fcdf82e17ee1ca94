namespace GoGoScope.Benchmarks.Checks;

/// <summary>Counts who is inside at the same time; more than are allowed are noticed.</summary>
public sealed class Crowd(int most)
{
    private int _inside;
    private int _seenMost;

    public void Enter()
    {
        var now = Interlocked.Increment(ref _inside);
        if (now > _seenMost) _seenMost = now;
    }

    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Everybody has left, and there were never too many.</summary>
    public void Expect()
    {
        if (_inside != 0) throw new ExclusionViolatedException($"{_inside} are still inside.");
        if (_seenMost > most) throw new ExclusionViolatedException($"{_seenMost} were inside at the same time, and {most} may be.");
    }
}
