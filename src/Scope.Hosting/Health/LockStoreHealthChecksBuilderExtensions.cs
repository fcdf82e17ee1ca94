using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace GoGoScope.Hosting;

/// <summary>Adds the health of a store of locks to the application's health checks.</summary>
public static class LockStoreHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check named "gogoscope", or "gogoscope:" and the name of the store. Each look is one read. Unhealthy, or as
    /// <paramref name="failureStatus"/> says: the store can't be reached or does not answer in time. Degraded: it answers slowly, its clock
    /// is far from this machine's, renewals of leases are late, or this process has lost a lease or found a store unusable of late; always, if
    /// the provider is distributed and no <see cref="LeasedLockProvider"/>, which can't be asked. Locks of this process alone are always healthy.
    /// </summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="store">The name of the store, as <c>AddGoGoScope("…")</c> has it; null for the one without.</param>
    /// <param name="options">By default <c>new LockStoreHealthOptions()</c>.</param>
    /// <param name="failureStatus">What a store is that can't be reached; null for unhealthy.</param>
    /// <param name="tags">Tags of the check.</param>
    /// <example>
    /// <code>
    /// services.AddHealthChecks().AddLockStore(tags: ["ready"]);
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddLockStore(
        this IHealthChecksBuilder builder, string? store = null, LockStoreHealthOptions? options = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            store is null ? "gogoscope" : $"gogoscope:{store}",
            services => new LockStoreHealthCheck(
                store is null ? services.GetRequiredService<ILockProvider>() : services.GetRequiredKeyedService<ILockProvider>(store),
                services.GetRequiredService<Logging.EventLog>(),
                options ?? new LockStoreHealthOptions(),
                services.GetService<TimeProvider>() ?? TimeProvider.System),
            failureStatus, tags));
    }
}
