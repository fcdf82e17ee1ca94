using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GoGoScope.Hosting;

/// <summary>Looks at a store, and at what has happened to leases of late.</summary>
/// <param name="provider">The provider over the store.</param>
/// <param name="events">What was reported.</param>
/// <param name="options">The limits.</param>
/// <param name="time">The clock of the limit for an answer.</param>
internal sealed class LockStoreHealthCheck(ILockProvider provider, Logging.EventLog events, LockStoreHealthOptions options, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!provider.IsDistributed) return HealthCheckResult.Healthy("Locks are in this process.");
        if (provider is not LeasedLockProvider leased)
            return HealthCheckResult.Degraded($"Nobody knows how \"{provider.Name}\" is: the provider is a {provider.GetType()}, and only a {nameof(LeasedLockProvider)} can be asked for its store.");

        // The store is told, too, that nobody waits for its answer any more.
        using var over = new CancellationTokenSource(options.Timeout, time);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        StoreCheck check;
        try
        {
            check = await leased.CheckStoreAsync(giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && (over.IsCancellationRequested || error is LockProviderException or ObjectDisposedException))
        {
            var why = over.IsCancellationRequested ? $"it did not answer within {options.Timeout}" : error.Message;
            return new HealthCheckResult(context.Registration.FailureStatus, $"The store \"{provider.Name}\" can't be used: {why}", error);
        }
        var delay = leased.RenewalDelay;
        var lost = events.LeasesLost.CountWithin(options.Recent);
        var failures = events.StoreFailures.CountWithin(options.Recent);
        var data = new Dictionary<string, object>
        {
            ["store"] = provider.Name,
            ["roundTripMilliseconds"] = check.RoundTrip.TotalMilliseconds,
            ["clockOffsetMilliseconds"] = check.ClockOffset.TotalMilliseconds,
            ["renewalDelayMilliseconds"] = delay.TotalMilliseconds,
            ["leasesLost"] = lost,
            ["storeFailures"] = failures,
        };
        var complaints = new List<string>();
        if (check.RoundTrip > options.SlowAfter) complaints.Add($"it took {check.RoundTrip} to answer, more than {options.SlowAfter}");
        if (check.ClockOffset.Duration() - check.RoundTrip / 2 > options.MaxClockOffset) complaints.Add($"its clock is {check.ClockOffset} ahead of this machine's, more than {options.MaxClockOffset}");
        if (delay > options.MaxRenewalDelay) complaints.Add($"the renewal of a lease is {delay} behind its time, more than {options.MaxRenewalDelay}");
        if (lost > 0) complaints.Add($"{lost} leases of this process were lost within {options.Recent}");
        if (failures > 0) complaints.Add($"it could not be used {failures} times within {options.Recent}");
        return complaints.Count == 0
            ? HealthCheckResult.Healthy($"The store \"{provider.Name}\" answers.", data)
            : HealthCheckResult.Degraded($"The store \"{provider.Name}\" answers, but {string.Join("; ", complaints)}.", data: data);
    }
}
