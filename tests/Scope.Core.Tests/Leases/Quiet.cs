namespace GoGoScope.Tests.Leases;

/// <summary>Whether nothing is under way in any of several processes.</summary>
internal static class Quiet
{
    // Whoever ends may have woken somebody who was looked at before.
    private const int Looks = 3;

    /// <summary>A condition to wait for.</summary>
    internal static Func<bool> Of(IEnumerable<LeasedLockProvider> providers) =>
        () => Enumerable.Range(0, Looks).All(_ => providers.All(static provider => provider.IsQuiet));
}
