using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace GoGoScope;

/// <summary>
/// What the locks of this process tell metrics and traces: one meter and one source of activities, both named "GoGoScope". See
/// docs/observability.md, which says of each what it means.
/// </summary>
/// <remarks>
/// <para>No key is ever a tag of a metric: there may be millions of them. Spans have it.</para>
/// <para>Whoever reads a field asks <see cref="TelemetryMaking.IsOver"/> first.</para>
/// </remarks>
internal static class Telemetry
{
    internal const string Name = "GoGoScope";

    internal static readonly ActivitySource? Source = Make<ActivitySource?>(static () => new(Name, Version), static () => null);

    internal static readonly Counter<long> Acquisitions = Counter(
        "gogoscope.lock.acquisitions", "{acquisition}", "Requests for locks and permits, by what came of them.");

    internal static readonly Counter<long> Contentions = Counter(
        "gogoscope.lock.contentions", "{acquisition}", "Requests that had to wait for others.");

    internal static readonly UpDownCounter<long> Waiters = Make(
        static meter => meter.CreateUpDownCounter<long>("gogoscope.lock.waiters", "{request}", "Requests that wait now."));

    internal static readonly Histogram<double> WaitDuration = Seconds(
        "gogoscope.lock.wait.duration", "From the request to its outcome, of those that were not granted at once.");

    internal static readonly Histogram<double> HoldDuration = Seconds(
        "gogoscope.lock.hold.duration", "From the grant to the release, or to the loss of the lease.");

    internal static readonly Counter<long> LocalHandOvers = Counter(
        "gogoscope.lock.local_handovers", "{handover}", "Grants for which a store was not asked, because this process had the key.");

    internal static readonly Counter<long> Renewals = Counter(
        "gogoscope.lease.renewals", "{renewal}", "Attempts to renew leases, by what came of them.");

    internal static readonly Counter<long> LeasesLost = Counter(
        "gogoscope.lease.losses", "{lease}", "Guards that lost their lease.");

    private static readonly Tally SoonRenewed = new(Renewals);
    private static readonly Tally SoonLost = new(LeasesLost);

    internal static readonly Histogram<double> StoreDuration = Seconds(
        "gogoscope.store.operation.duration", "Round trips to stores, from the sending to the answer.");

    /// <summary>
    /// Whether somebody listens to what happens to every lock, also to one that is free: all that the shortest way asks. Whoever listens
    /// is asked for each time, as nobody tells when he comes; that is three loads each.
    /// </summary>
    internal static bool IsOn => TelemetryMaking.IsOver && (Acquisitions.Enabled | HoldDuration.Enabled | (Source is { } source && source.HasListeners()));

    /// <summary>Whether somebody listens to what happens to locks that have to be waited for.</summary>
    internal static bool WatchesWaits => TelemetryMaking.IsOver && (IsOn || WaitDuration.Enabled || Contentions.Enabled || Waiters.Enabled || LocalHandOvers.Enabled);

    private static string Version => typeof(Telemetry).Assembly.GetName().Version!.ToString(3);

    private static Counter<long> Counter(string name, string unit, string description) =>
        Make(meter => meter.CreateCounter<long>(name, unit, description));

    private static Histogram<double> Seconds(string name, string description) =>
        Make(meter => meter.CreateHistogram(name, "s", description, tags: null, MeterHolder.Buckets));

    private static T Make<T>(Func<Meter, T> make) => Make(() => make(MeterHolder.Meter), () => make(MeterHolder.Unheard));

    /// <summary>A listener that throws when it is asked deprives all of what it was asked about, and nobody of a lock.</summary>
    private static T Make<T>(Func<T> make, Func<T> otherwise)
    {
        try
        {
            return make();
        }
        catch (Exception error)
        {
            GoGoScopeEventSource.Log?.CallbackFailed(scope: null, error);
            return otherwise();
        }
    }

    /// <summary>So many attempts to renew leases have come to one of <see cref="RenewalOutcome"/>.</summary>
    internal static void Renewed(string provider, string outcome, int count = 1)
    {
        if (count > 0 && TelemetryMaking.IsOver && Renewals.Enabled) SoonRenewed.Add(count, provider, outcome);
    }

    internal static void HandedOn(string provider)
    {
        if (TelemetryMaking.IsOver && LocalHandOvers.Enabled) Tell(() => LocalHandOvers.Add(1, Tag.Provider(provider)));
    }

    internal static void LostLease(string provider)
    {
        if (TelemetryMaking.IsOver && LeasesLost.Enabled) SoonLost.Add(1, provider, outcome: null);
    }

    /// <summary>Lets listeners hear of something. What they throw is their affair, and no lock's.</summary>
    internal static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception error)
        {
            GoGoScopeEventSource.Log?.CallbackFailed(scope: null, error);
        }
    }

    /// <summary>Made before the fields above, whatever their order.</summary>
    private static class MeterHolder
    {
        internal static readonly Meter Meter = new(Name, Version);

        /// <summary>Nobody hears of what it makes.</summary>
        internal static Meter Unheard
        {
            get
            {
                var meter = new Meter(Name, Version);
                meter.Dispose();
                return meter;
            }
        }

        /// <summary>From what a store on the same machine takes to what people complain about.</summary>
        internal static readonly InstrumentAdvice<double> Buckets = new()
        {
            HistogramBucketBoundaries = [0.000_01, 0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        };
    }
}
