namespace GoGoScope.Benchmarks.Checks;

/// <summary>
/// A number that only a lock protects: whoever is inside reads it, does its work and writes it back, one more. Two who are
/// inside at once write the same number, and one is missing in the end.
/// </summary>
public sealed class Tally
{
    public int Value { get; set; }

    public void Expect(int acquisitions)
    {
        if (Value != acquisitions)
            throw new ExclusionViolatedException($"{acquisitions} acquisitions counted to {Value}: somebody was inside at the same time.");
    }
}
