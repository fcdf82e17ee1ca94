namespace GoGoScope;

/// <summary>
/// Fencing tokens, one after another. As long as they are not positive, they count from the fence of the record that they
/// were drawn in: 0 is the fence, -1 the one before it. Only the store knows that fence, when the record was free.
/// </summary>
internal readonly record struct TokenRange(long First, long Last)
{
    /// <summary>How many there are; zero for none.</summary>
    internal int Count => (int)(Last - First + 1);

    /// <summary>The tokens themselves, in a record with this fence.</summary>
    internal TokenRange At(long fence) => new(Resolve(First, fence), Resolve(Last, fence));

    internal static long Resolve(long token, long fence) => token > 0 ? token : fence + token;
}
