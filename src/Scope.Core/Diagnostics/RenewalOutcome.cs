namespace GoGoScope;

/// <summary>What came of an attempt to renew a lease, as metrics call it.</summary>
internal static class RenewalOutcome
{
    internal const string Renewed = "renewed";

    /// <summary>The store no longer has it, or others have evicted it.</summary>
    internal const string Lost = "lost";

    /// <summary>The store could not be used; it is tried again.</summary>
    internal const string Failed = "failed";
}
