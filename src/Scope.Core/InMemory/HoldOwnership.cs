namespace GoGoScope;

/// <summary>A hold's place in the owned list of the scope that it was taken through.</summary>
internal sealed class HoldOwnership(Hold hold) : Owned
{
    internal override ValueTask ReleaseAsync(long stamp) => hold.ReleaseAsync(stamp);

    internal override string Describe() => hold.Describe(hold.Token);
}
