namespace GoGoScope.Tool;

/// <summary>What has changed since the last look at a key, or at all of them.</summary>
internal sealed class KeyChanges(ILockProvider provider, string? key)
{
    private Dictionary<string, LockInspection> _last = [];
    private bool _hasLooked;

    /// <summary>
    /// The keys with which something has happened, as they are now: another holder, another waiter, nobody any more. That a lease was
    /// renewed is no news.
    /// </summary>
    internal async Task<IReadOnlyList<LockInspection>> NextAsync()
    {
        var found = await LookAsync().ConfigureAwait(false);
        var at = found.Values.Select(one => one.At).DefaultIfEmpty(TimeProvider.System.GetUtcNow()).Max();
        var gone = _last.Values.Where(one => !one.IsFree && !found.ContainsKey(one.Key)).Select(one => new LockInspection(one.Key, at, [], []));
        List<LockInspection> changed = [.. found.Values.Where(HasChanged).Concat(gone).OrderBy(one => one.Key, StringComparer.Ordinal)];
        (_last, _hasLooked) = (found, true);
        return changed;
    }

    /// <summary>What there is now. Of a key that is listed twice, the last counts.</summary>
    private async Task<Dictionary<string, LockInspection>> LookAsync()
    {
        var found = new Dictionary<string, LockInspection>();
        if (key is not null) found[key] = await provider.InspectAsync(key).ConfigureAwait(false);
        else await foreach (var one in provider.InspectAllAsync().ConfigureAwait(false)) found[one.Key] = one;
        return found;
    }

    private bool HasChanged(LockInspection now)
    {
        // A single key is shown at first even if it is free.
        if (!_last.TryGetValue(now.Key, out var last)) return !_hasLooked || !now.IsFree;
        return !now.Holders.Select(Identity).SequenceEqual(last.Holders.Select(Identity))
            || !now.Waiters.Select(Identity).SequenceEqual(last.Waiters.Select(Identity))
            || now.Problem != last.Problem;
    }

    private static (string?, string, LockMode, long) Identity(InspectedHolder holder) => (holder.Process, holder.Owner, holder.Mode, holder.FencingToken);

    private static (string?, string, LockMode, int) Identity(InspectedWaiter waiter) => (waiter.Process, waiter.Owner, waiter.Mode, waiter.Priority);
}
