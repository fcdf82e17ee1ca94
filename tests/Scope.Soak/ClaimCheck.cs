namespace GoGoScope.Soak;

/// <summary>Looks at all that was ever held of one key, in the order of time.</summary>
internal static class ClaimCheck
{
    /// <summary>What must not have been: more held at one time than there is, and tokens that did not rise.</summary>
    internal static IEnumerable<string> Violations(IEnumerable<Claim> claimsOfKey)
    {
        var held = new List<Claim>();
        // The newest tokens of those who had it alone, and of those who shared it, that had ended.
        Claim? alone = null, shared = null;
        foreach (var claim in claimsOfKey.OrderBy(static claim => claim.From))
        {
            foreach (var ended in held.Where(earlier => earlier.Until < claim.From))
            {
                if (ended.IsShared) shared = Newer(shared, ended);
                else alone = Newer(alone, ended);
            }
            held.RemoveAll(earlier => earlier.Until < claim.From);
            if (held.Find(other => !(claim.IsShared && other.IsShared)) is { } overlapping) yield return $"Two at the same time: {overlapping}, and {claim}.";
            held.Add(claim);
            if (!claim.IsRead && claim.IsShared && held.Sum(static one => one.Weight) > claim.Permits) yield return $"More than there are: {string.Join(", and ", held)}.";
            // Those who share it may have drawn theirs before.
            if (alone?.Token >= claim.Token) yield return $"Tokens don't rise: {alone}, and later {claim}.";
            if (!claim.IsShared && shared?.Token >= claim.Token) yield return $"Tokens don't rise: {shared}, and later {claim}.";
        }
    }

    /// <summary>For how long, at the most, nobody came to hold it.</summary>
    internal static long LongestGap(IEnumerable<Claim> claimsOfKey)
    {
        var (longest, last) = (0L, 0L);
        foreach (var from in claimsOfKey.Select(static claim => claim.From).Order())
        {
            if (last > 0) longest = Math.Max(longest, from - last);
            last = from;
        }
        return longest;
    }

    private static Claim Newer(Claim? one, Claim other) => one is null || other.Token > one.Token ? other : one;
}
