namespace GoGoScope.Benchmarks.Checks;

/// <summary>
/// Two numbers that a writer changes one after the other: a reader who was alone with readers finds both equal, before
/// and after its work. Costs a reader no atomic operation, which would weigh more than some locks.
/// </summary>
public sealed class Pages
{
    private int _left;
    private int _right;

    /// <summary>How many writes were completed.</summary>
    public int Writes => Volatile.Read(ref _right);

    /// <summary>What a reader sees when it comes in.</summary>
    public int Read()
    {
        var left = Volatile.Read(ref _left);
        if (Volatile.Read(ref _right) != left) throw new ExclusionViolatedException("A reader or writer came in while a writer was inside.");
        return left;
    }

    /// <summary>What a reader must still see when it leaves.</summary>
    public void ExpectUnchanged(int seen)
    {
        if (Read() != seen) throw new ExclusionViolatedException("A writer was inside together with a reader.");
    }

    /// <summary>A writer begins; what it returns is for <see cref="EndWrite"/>.</summary>
    public int BeginWrite()
    {
        var next = Read() + 1;
        Volatile.Write(ref _left, next);
        return next;
    }

    public void EndWrite(int next)
    {
        if (Volatile.Read(ref _left) != next) throw new ExclusionViolatedException("Two writers were inside at once.");
        Volatile.Write(ref _right, next);
    }

    public void Expect(int writes)
    {
        if (Writes != writes) throw new ExclusionViolatedException($"{writes} writes counted to {Writes}: two writers were inside at once.");
    }
}
